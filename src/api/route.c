/* The table, and the tree made of it. Nodes are few (some eighty), so siblings are a list. */
#include "api/route.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/handlers.h"

#define ROUTE(name_, method_, path_, property_, roles_, flags_, body_, shape_, load_, render_, summary_)               \
    [ROUTE_##name_] = {.name = ROUTE_##name_,                                                                          \
                       .method = HTTP_##method_,                                                                       \
                       .method_name = {#method_, sizeof(#method_) - 1},                                                \
                       .path = (path_),                                                                                \
                       .property = ROUTE_PROPERTY_##property_,                                                         \
                       .roles = (roles_),                                                                              \
                       .flags = (flags_),                                                                              \
                       .body_max = (body_),                                                                            \
                       .shape = (shape_),                                                                              \
                       .load = (load_),                                                                                \
                       .render = (render_),                                                                            \
                       .summary = (summary_)},
/* the table's own short words */
enum {
    WRITES = ROUTE_WRITES,
    MATCHES = ROUTE_MATCHES,
    CACHED = ROUTE_CACHED,
    INLINE = ROUTE_INLINE,
    PEOPLE = ROUTE_PEOPLE,
    SECRET = ROUTE_SECRET,
    CSV = ROUTE_CSV,
    RAW = ROUTE_RAW,
    BODY_SMALL = ROUTE_BODY_SMALL,
    BODY_HOOK = ROUTE_BODY_HOOK,
    BODY_BULK = ROUTE_BODY_BULK,
    BODY_FILE = ROUTE_BODY_FILE,
};
static const struct route routes_table[ROUTE_COUNT] = {
#include "api/route.def"
};
#undef ROUTE

enum { METHOD_COUNT = HTTP_OPTIONS + 1, NODES_MAX = 1024 };

struct node {
    struct str literal; /* meaningless for an id */
    bool is_id;
    enum id_kind kind;
    struct node *child;   /* the first; ids come after literals */
    struct node *sibling; /* the next */
    const struct route *routes[METHOD_COUNT];
    unsigned allowed;
};

struct routes {
    struct node nodes[NODES_MAX];
    size_t node_count;
    struct node *root;
};

const struct route *
route_get(enum route_name name)
{
    assert((int)name >= 0 && name < ROUTE_COUNT);
    return &routes_table[name];
}

bool
route_piece_kind(struct str piece, enum id_kind *ret_kind)
{
    static const struct {
        const char *piece;
        enum id_kind kind;
    } kinds[] = {
        {"{property_id}", ID_PROPERTY},
        {"{room_type_id}", ID_ROOM_TYPE},
        {"{room_id}", ID_ROOM},
        {"{booking_id}", ID_BOOKING},
        {"{group_id}", ID_GROUP},
        {"{guest_id}", ID_GUEST},
        {"{hold_id}", ID_HOLD},
        {"{queue_entry_id}", ID_QUEUE_ENTRY},
        {"{closure_id}", ID_CLOSURE},
        {"{payment_id}", ID_PAYMENT},
        {"{refund_id}", ID_REFUND},
        {"{set_aside_id}", ID_SET_ASIDE},
        {"{user_id}", ID_USER},
        {"{token_id}", ID_TOKEN},
        {"{session_id}", ID_SESSION},
        {"{invitation_id}", ID_INVITATION},
        {"{password_reset_id}", ID_PASSWORD_RESET},
        {"{job_id}", ID_JOB},
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (str_equal(piece, str_from(kinds[i].piece))) {
            *ret_kind = kinds[i].kind;
            return true;
        }
    }
    assert(piece.len == 0 || piece.ptr[0] != '{');
    return false;
}

/* -- the tree -- */

static struct node *
node_new(struct routes *routes)
{
    assert(routes->node_count < NODES_MAX);
    return &routes->nodes[routes->node_count++];
}

static bool
node_is(const struct node *node, struct str piece, bool is_id, enum id_kind kind)
{
    return is_id ? node->is_id && node->kind == kind : !node->is_id && str_equal(node->literal, piece);
}

static struct node *
child_for(struct routes *routes, struct node *parent, struct str piece)
{
    enum id_kind kind = ID_KIND_COUNT;
    bool is_id = route_piece_kind(piece, &kind);
    struct node **link = &parent->child;
    while (*link != NULL && !node_is(*link, piece, is_id, kind) && (is_id || !(*link)->is_id))
        link = &(*link)->sibling;
    if (*link != NULL && node_is(*link, piece, is_id, kind))
        return *link;
    assert(*link == NULL || !is_id); /* one kind of id in one place */
    struct node *node = node_new(routes);
    *node = (struct node){.literal = piece, .is_id = is_id, .kind = kind, .sibling = *link};
    *link = node;
    return node;
}

static void
add_route(struct routes *routes, const struct route *route)
{
    struct node *node = routes->root;
    struct str rest = str_from(route->path + 1);
    while (rest.ptr != NULL)
        node = child_for(routes, node, str_split(&rest, '/'));
    assert(node->routes[route->method] == NULL);
    node->routes[route->method] = route;
    node->allowed |= 1u << route->method | 1u << HTTP_OPTIONS;
    if (route->method == HTTP_GET)
        node->allowed |= 1u << HTTP_HEAD;
}

struct routes *
routes_new(struct err *err)
{
    struct routes *routes = calloc(1, sizeof(*routes));
    if (routes == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the table of routes");
        return NULL;
    }
    routes->root = node_new(routes);
    for (int i = 0; i < ROUTE_COUNT; i++)
        add_route(routes, &routes_table[i]);
    return routes;
}

void
routes_free(struct routes *routes)
{
    free(routes);
}

/* -- finding -- */

static const struct node *
step(const struct node *node, struct str segment, struct route_match *match)
{
    for (node = node->child; node != NULL; node = node->sibling) {
        if (node->is_id && segment.len > 0) {
            assert(match->id_count < ROUTE_IDS_MAX);
            match->ids[match->id_count] = segment;
            match->kinds[match->id_count++] = node->kind;
            return node;
        }
        if (!node->is_id && str_equal(node->literal, segment))
            return node;
    }
    return NULL;
}

enum route_found
routes_find(const struct routes *routes, enum http_method method, const struct str *segments, size_t segment_count,
            struct route_match *ret_match)
{
    const struct node *node = routes->root;
    *ret_match = (struct route_match){.route = NULL};
    for (size_t i = 0; i < segment_count && node != NULL; i++)
        node = step(node, segments[i], ret_match);
    if (node == NULL || node->allowed == 0)
        return ROUTE_NO_PATH;
    ret_match->allowed = node->allowed;
    ret_match->route = node->routes[method == HTTP_HEAD ? HTTP_GET : method];
    return ret_match->route == NULL ? ROUTE_NO_METHOD : ROUTE_FOUND;
}

void
route_write_allow(unsigned allowed, char ret_text[ROUTE_ALLOW_SIZE])
{
    static const struct {
        enum http_method method;
        const char *name;
    } names[] = {{HTTP_GET, "GET"},     {HTTP_HEAD, "HEAD"},     {HTTP_POST, "POST"},      {HTTP_PUT, "PUT"},
                 {HTTP_PATCH, "PATCH"}, {HTTP_DELETE, "DELETE"}, {HTTP_OPTIONS, "OPTIONS"}};
    size_t len = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if ((allowed & 1u << names[i].method) != 0)
            len +=
                (size_t)snprintf(ret_text + len, ROUTE_ALLOW_SIZE - len, "%s%s", len == 0 ? "" : ", ", names[i].name);
    assert(len > 0 && len < ROUTE_ALLOW_SIZE);
}
