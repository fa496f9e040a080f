/* How a call ends: a reply with the fields that every reply has, or a problem (RFC 9457).
 *
 * Any thread that has the call may end it, once; after that the call is gone. Bodies are in the call's arena unless
 * said otherwise. An arena that is full turns any reply into BUSY_RETRY. */
#ifndef NIGHTLATCH_API_REPLY_H
#define NIGHTLATCH_API_REPLY_H

#include "api/call.h"
#include "api/desk_names.h"

struct reply {
    int status;
    struct str type;       /* Content-Type; empty: application/json */
    struct str body;       /* in the arena, static, or the owner's */
    int64_t version;       /* for ETag; 0 for none */
    struct str location;   /* empty for none */
    struct str next;       /* cursor of the page that follows, for a Link field; empty for none */
    struct str cookie;     /* value of a Set-Cookie field; empty for none */
    struct str encoding;   /* Content-Encoding; empty for none */
    bool varies;           /* with Accept-Encoding */
    bool cacheable;        /* a file that does not change while the program runs */
    int64_t retry_after_s; /* 0 for none */
    void (*release)(void *owner);
    void *owner;
};

void reply_send(struct call *call, const struct reply *reply);

/* 200 with what was written; `text` is on the call's arena. */
void reply_text(struct call *call, const struct text *text, int64_t version);

/* Ends the call as this outcome with its own sentence, or with `detail` (static or in the arena). */
void reply_refuse(struct call *call, enum outcome outcome);
void reply_refuse_detail(struct call *call, enum outcome outcome, const char *detail);

/* The same for one field: `pointer` and `detail` are static or in the arena. */
void reply_refuse_field(struct call *call, enum outcome outcome, const char *pointer, const char *detail);

/* IF_MATCH_REQUIRED, with the tag of the version that is there. */
void reply_refuse_match(struct call *call, int64_t version);

/* RATE_LIMITED, to be asked again after so long. */
void reply_refuse_rate(struct call *call, int64_t wait_ms, const char *detail);

/* What could be had in the place of what was refused, as JSON arrays. */
struct instead {
    struct str alternatives;     /* empty: was not looked for */
    const struct str *rooms_for; /* the same for each of what is in the way, in its order; NULL: for nobody */
};

/* POLICY_REFUSED and the like from the core, with all it says. `names` are those of what is in the way, in its order,
 * NULL where they were not looked up (api/named_refusal.h). */
void reply_refusal(struct call *call, const struct refusal *refusal, const struct desk_names *names,
                   struct instead instead);

/* The same refusal as the text of a problem, without ending the call: of one line of several. */
struct str reply_refusal_text(struct call *call, const struct refusal *refusal, const struct desk_names *names);

/* VALIDATION_FAILED or READ_ONLY_FIELD with every problem of the call's report. */
void reply_problems(struct call *call);

/* A body that is not JSON, or over a limit of JSON. */
struct json_problem;
void reply_bad_json(struct call *call, const struct json_problem *found);

/* Logs a failure of the environment that the caller need not learn of. */
void reply_log_failure(struct call *call, const char *what, enum db_status status, const struct err *err);

/* A failure of the environment, which is logged; the caller learns that it may ask again. */
void reply_failure(struct call *call, const char *what, enum db_status status, const struct err *err);

/* The reply for what the server itself refuses, before there is a call. */
void reply_render_error(enum http_refusal refusal, const struct http_request *request, struct arena *arena,
                        struct server_reply *reply, void *user);

#endif
