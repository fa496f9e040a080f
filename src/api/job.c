/* Jobs are started, and looked at. What one has done is in the last event of it, whose body is shown as it is. */
#include "api/handlers.h"
#include "api/id_page.h"
#include "api/reply.h"
#include "engine/state.h"
#include "store/store_job.h"

/* -- starting -- */

void
job_shape_start(struct call *call, struct shape *query, struct shape *body)
{
    struct shape_word words[JOB_KIND_COUNT];
    int kind = 0;
    (void)query;
    for (int i = 0; i < JOB_KIND_COUNT; i++)
        words[i] = (struct shape_word){job_kind_name((enum job_kind)i).ptr, i};
    call_shape_property(call, body, SHAPE_REQUIRED);
    (void)shape_enum(shape_field(body, "kind", SHAPE_REQUIRED), words, JOB_KIND_COUNT, &kind);
    call->engine.command.kind = COMMAND_START_JOB;
    call->engine.command.start_job.kind = (enum job_kind)kind;
}

/* -- reading -- */

void
job_shape_list(struct call *call, struct shape *query, struct shape *body)
{
    (void)body;
    call_shape_property(call, query, SHAPE_REQUIRED);
    call_shape_page(call, query, ID_BYTES, call_ask(call, sizeof(struct page)));
}

void
job_load_list(struct call *call, struct reader *reader)
{
    const struct page *page = call->asked;
    struct id_page list;
    struct job *jobs;
    size_t count;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL || !call_check(call, reader,
                                     store_page_jobs(&reader->store, call->property, id_page_after(page),
                                                     page->limit + 1, &reader->scratch, &jobs, &count)))
        return;
    id_page_begin(&list, call, page);
    for (size_t i = 0; i < count; i++)
        if (id_page_takes(&list, jobs[i].id))
            state_write_job(&list.writer, house->house.property, &jobs[i]);
    id_page_send(&list);
}

static void
show(struct call *call, struct reader *reader, struct id job)
{
    struct store_event event;
    struct text text;
    if (!call_check(call, reader,
                    store_load_last_event_of(&reader->store, call->property, job, &reader->scratch, &event)))
        return;
    text_init(&text, call->arena, event.body.len + 1);
    text_put(&text, event.body);
    reply_text(call, &text, 0);
}

void
job_load_one(struct call *call, struct reader *reader)
{
    struct job job;
    if (call_house(call, reader) != NULL &&
        call_check(call, reader, store_load_job(&reader->store, call->property, call->ids[0], &reader->scratch, &job)))
        show(call, reader, job.id);
}
