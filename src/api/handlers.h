/* Everything that route.def names, by resource: what reads a request, what loads, what renders.
 *
 * Only route.c takes their addresses and only call.c calls them; the contracts are those of the three members of
 * struct route. A resource of its own gets a file of its own. */
#ifndef NIGHTLATCH_API_HANDLERS_H
#define NIGHTLATCH_API_HANDLERS_H

#include "api/call.h"

/* Takes neither parameters nor body. call.c */
void shape_nothing(struct call *call, struct shape *query, struct shape *body);

/* render.c: replies to commands, made of the events they left in the log and of the request itself, so that a repeated
 * request gets the same bytes. */
void render_created(struct call *call, const struct engine_result *result);
void render_begun(struct call *call, const struct engine_result *result);
/* For what a reply tells beside the events, since the engine's thread reads nothing for a reply. Where too many wait,
 * `send` has NULL for a reader, and the reply goes without. The result is the call's own, as long as the call lasts. */
void render_with_reader(struct call *call, void (*send)(struct call *call, struct reader *reader));

void render_changed(struct call *call, const struct engine_result *result);
void render_rooms_created(struct call *call, const struct engine_result *result);
void render_rooms_deleted(struct call *call, const struct engine_result *result);
void render_room_step(struct call *call, const struct engine_result *result);
void render_closures_created(struct call *call, const struct engine_result *result);
void render_rooms_given(struct call *call, const struct engine_result *result);
void render_inventory(struct call *call, const struct engine_result *result);
void render_bookings_created(struct call *call, const struct engine_result *result);
void render_walked_in(struct call *call, const struct engine_result *result);
void render_booking_changed(struct call *call, const struct engine_result *result);
/* Adds the booking as the result shows it last, its guest by id alone; and that state as the log has it. */
void render_put_booking(struct text *text, const struct engine_result *result, struct id booking);
struct str render_state_of(const struct engine_result *result, struct id booking);
void render_batch(struct call *call, const struct engine_result *result);
void render_guest_changed(struct call *call, const struct engine_result *result);
void render_hold_acquired(struct call *call, const struct engine_result *result);
void render_payment(struct call *call, const struct engine_result *result);
void render_refund(struct call *call, const struct engine_result *result);
void render_set(struct call *call, const struct engine_result *result);

/* property.c */
void property_shape_create(struct call *call, struct shape *query, struct shape *body);
void property_shape_list(struct call *call, struct shape *query, struct shape *body);
void property_shape_amend(struct call *call, struct shape *query, struct shape *body);
void property_load_list(struct call *call, struct reader *reader);
void property_load_one(struct call *call, struct reader *reader);
void property_load_amend(struct call *call, struct reader *reader);

/* room_type.c */
void room_type_shape_create(struct call *call, struct shape *query, struct shape *body);
void room_type_shape_list(struct call *call, struct shape *query, struct shape *body);
void room_type_shape_amend(struct call *call, struct shape *query, struct shape *body);
void room_type_shape_delete(struct call *call, struct shape *query, struct shape *body);
void room_type_load_list(struct call *call, struct reader *reader);
void room_type_load_one(struct call *call, struct reader *reader);
void room_type_load_amend(struct call *call, struct reader *reader);
void room_type_load_delete(struct call *call, struct reader *reader);

/* room.c */
void room_shape_create(struct call *call, struct shape *query, struct shape *body);
void room_shape_bulk_create(struct call *call, struct shape *query, struct shape *body);
void room_shape_bulk_delete(struct call *call, struct shape *query, struct shape *body);
void room_shape_list(struct call *call, struct shape *query, struct shape *body);
void room_shape_amend(struct call *call, struct shape *query, struct shape *body);
void room_shape_delete(struct call *call, struct shape *query, struct shape *body);
void room_load_list(struct call *call, struct reader *reader);
void room_load_one(struct call *call, struct reader *reader);
void room_load_amend(struct call *call, struct reader *reader);
void room_load_delete(struct call *call, struct reader *reader);

/* closure.c. `how` reads kind, time and force, of a closure that comes with another command too. */
void closure_shape_how(struct shape *body, struct close_rooms *closes);
void closure_shape_create(struct call *call, struct shape *query, struct shape *body);
void closure_shape_amend(struct call *call, struct shape *query, struct shape *body);
void closure_load_amend(struct call *call, struct reader *reader);
void closure_shape_reopen(struct call *call, struct shape *query, struct shape *body);
void closure_shape_list(struct call *call, struct shape *query, struct shape *body);
void closure_load_list(struct call *call, struct reader *reader);
void closure_load_one(struct call *call, struct reader *reader);

/* housekeeping.c */
void room_shape_start_cleaning(struct call *call, struct shape *query, struct shape *body);
void room_shape_finish_cleaning(struct call *call, struct shape *query, struct shape *body);
void room_shape_inspect(struct call *call, struct shape *query, struct shape *body);
void room_shape_mark_dirty(struct call *call, struct shape *query, struct shape *body);
void room_shape_report(struct call *call, struct shape *query, struct shape *body);
void room_shape_mend(struct call *call, struct shape *query, struct shape *body);
void room_shape_note(struct call *call, struct shape *query, struct shape *body);
void room_shape_give(struct call *call, struct shape *query, struct shape *body);
void room_load_give(struct call *call, struct reader *reader);

/* housekeeping_report.c */
void housekeeping_shape(struct call *call, struct shape *query, struct shape *body);
void housekeeping_load(struct call *call, struct reader *reader);

/* room_search.c */
void room_search_shape(struct call *call, struct shape *query, struct shape *body);
void room_search_load(struct call *call, struct reader *reader);

/* inventory.c */
void inventory_shape_set(struct call *call, struct shape *query, struct shape *body);
void inventory_shape_get(struct call *call, struct shape *query, struct shape *body);
void inventory_load(struct call *call, struct reader *reader);

/* availability.c */
void availability_shape(struct call *call, struct shape *query, struct shape *body);
void availability_load(struct call *call, struct reader *reader);

/* overbooked.c */
void overbooked_shape(struct call *call, struct shape *query, struct shape *body);
void overbooked_load(struct call *call, struct reader *reader);

/* export.c */
void export_shape(struct call *call, struct shape *query, struct shape *body);
void export_load_room_types(struct call *call, struct reader *reader);
void export_load_rooms(struct call *call, struct reader *reader);
void export_load_guests(struct call *call, struct reader *reader);
void export_load_bookings(struct call *call, struct reader *reader);

/* import.c */
void import_shape(struct call *call, struct shape *query, struct shape *body);
void import_load(struct call *call, struct reader *reader);

/* takings.c */
void takings_shape(struct call *call, struct shape *query, struct shape *body);
void takings_load(struct call *call, struct reader *reader);

/* turnaway.c */
void turnaway_shape(struct call *call, struct shape *query, struct shape *body);
void turnaway_load(struct call *call, struct reader *reader);

/* booking.c: commands */
void booking_shape_create(struct call *call, struct shape *query, struct shape *body);
void booking_shape_amend(struct call *call, struct shape *query, struct shape *body);
void booking_shape_extend(struct call *call, struct shape *query, struct shape *body);
void stay_shape_walk_in(struct call *call, struct shape *query, struct shape *body);
void stay_shape_check_in(struct call *call, struct shape *query, struct shape *body);
void stay_shape_undo_check_in(struct call *call, struct shape *query, struct shape *body);
void stay_shape_check_out(struct call *call, struct shape *query, struct shape *body);
void stay_shape_undo_check_out(struct call *call, struct shape *query, struct shape *body);
void rooming_shape_assign(struct call *call, struct shape *query, struct shape *body);
void rooming_shape_unassign(struct call *call, struct shape *query, struct shape *body);
void rooming_shape_move(struct call *call, struct shape *query, struct shape *body);
void rooming_shape_swap(struct call *call, struct shape *query, struct shape *body);
void rooming_shape_pin(struct call *call, struct shape *query, struct shape *body);
void booking_shape_confirm(struct call *call, struct shape *query, struct shape *body);
void booking_shape_cancel(struct call *call, struct shape *query, struct shape *body);
void booking_shape_add_guest(struct call *call, struct shape *query, struct shape *body);
void booking_shape_remove_guest(struct call *call, struct shape *query, struct shape *body);
void booking_shape_approve(struct call *call, struct shape *query, struct shape *body);
void booking_shape_decline(struct call *call, struct shape *query, struct shape *body);
void booking_shape_no_show(struct call *call, struct shape *query, struct shape *body);
void booking_shape_waive_fee(struct call *call, struct shape *query, struct shape *body);
void booking_shape_reinstate(struct call *call, struct shape *query, struct shape *body);
/* What may be said about a step besides its booking: reason, waive_fee, refund, as the command takes them. */
void booking_shape_how(struct shape *body, enum command_kind kind, struct booking_step *step);
void auto_assign_shape_one(struct call *call, struct shape *query, struct shape *body);
void auto_assign_shape_day(struct call *call, struct shape *query, struct shape *body);
void auto_assign_render_day(struct call *call, const struct engine_result *result);
void booking_load_amend(struct call *call, struct reader *reader);

/* booking_read.c */
void booking_shape_list(struct call *call, struct shape *query, struct shape *body);
void booking_load_list(struct call *call, struct reader *reader);
void booking_load_one(struct call *call, struct reader *reader);
void guest_link_shape_create(struct call *call, struct shape *query, struct shape *body);
void guest_link_load_create(struct call *call, struct reader *reader);
void guest_link_render_created(struct call *call, const struct engine_result *result);
void guest_link_load_one(struct call *call, struct reader *reader);
void guest_link_shape_withdraw(struct call *call, struct shape *query, struct shape *body);
void guest_link_load_withdraw(struct call *call, struct reader *reader);
void guest_link_render_withdrawn(struct call *call, const struct engine_result *result);
void guest_link_load_booking(struct call *call, struct reader *reader);
void guest_link_shape_cancel(struct call *call, struct shape *query, struct shape *body);
void guest_link_load_cancel(struct call *call, struct reader *reader);
void guest_link_render_cancelled(struct call *call, const struct engine_result *result);
void group_load_one(struct call *call, struct reader *reader);

/* batch.c */
void batch_shape(struct call *call, struct shape *query, struct shape *body);
void group_shape_confirm(struct call *call, struct shape *query, struct shape *body);
void group_shape_cancel(struct call *call, struct shape *query, struct shape *body);
void group_shape_check_in(struct call *call, struct shape *query, struct shape *body);
void group_shape_check_out(struct call *call, struct shape *query, struct shape *body);
void batch_load(struct call *call, struct reader *reader);
void group_load_step(struct call *call, struct reader *reader);

/* guest.c */
void guest_shape_amend(struct call *call, struct shape *query, struct shape *body);
void guest_shape_erase(struct call *call, struct shape *query, struct shape *body);
void guest_load_one(struct call *call, struct reader *reader);
void guest_load_amend(struct call *call, struct reader *reader);
void guest_load_erase(struct call *call, struct reader *reader);

/* hold.c */
void hold_shape_acquire(struct call *call, struct shape *query, struct shape *body);
void hold_shape_list(struct call *call, struct shape *query, struct shape *body);
void hold_shape_extend(struct call *call, struct shape *query, struct shape *body);
void hold_shape_confirm(struct call *call, struct shape *query, struct shape *body);
void hold_shape_release(struct call *call, struct shape *query, struct shape *body);
void hold_load_acquire(struct call *call, struct reader *reader);
void hold_load_list(struct call *call, struct reader *reader);
void hold_load_one(struct call *call, struct reader *reader);

/* job.c */
void job_shape_start(struct call *call, struct shape *query, struct shape *body);
void job_shape_list(struct call *call, struct shape *query, struct shape *body);
void job_load_list(struct call *call, struct reader *reader);
void job_load_one(struct call *call, struct reader *reader);

/* audit_report.c */
void audit_report_shape(struct call *call, struct shape *query, struct shape *body);
void audit_report_load(struct call *call, struct reader *reader);
/* payment.c */
void payment_shape_create(struct call *call, struct shape *query, struct shape *body);
void payment_shape_capture(struct call *call, struct shape *query, struct shape *body);
void payment_shape_fail(struct call *call, struct shape *query, struct shape *body);
void payment_shape_void(struct call *call, struct shape *query, struct shape *body);
void payment_shape_refund(struct call *call, struct shape *query, struct shape *body);
void payment_load_list(struct call *call, struct reader *reader);
void payment_load_one(struct call *call, struct reader *reader);
void refund_shape_list(struct call *call, struct shape *query, struct shape *body);
void refund_load_list(struct call *call, struct reader *reader);
void refund_shape_resolve(struct call *call, struct shape *query, struct shape *body);
void set_aside_shape_list(struct call *call, struct shape *query, struct shape *body);
void set_aside_load_list(struct call *call, struct reader *reader);
void set_aside_shape_resolve(struct call *call, struct shape *query, struct shape *body);

/* provider.c */
void provider_shape_set(struct call *call, struct shape *query, struct shape *body);
void provider_load_set(struct call *call, struct reader *reader);
void provider_load_one(struct call *call, struct reader *reader);

/* webhook.c */
void webhook_load(struct call *call, struct reader *reader);
void webhook_render(struct call *call, const struct engine_result *result);

/* event.c */
void event_shape_list(struct call *call, struct shape *query, struct shape *body);
void event_shape_page(struct call *call, struct shape *query, struct shape *body);
void event_load_list(struct call *call, struct reader *reader);
void event_load_of_room(struct call *call, struct reader *reader);
void event_load_of_guest(struct call *call, struct reader *reader);
void booking_load_events(struct call *call, struct reader *reader);

/* session.c */
void session_shape_start(struct call *call, struct shape *query, struct shape *body);
void session_load_start(struct call *call, struct reader *reader);
void session_render_started(struct call *call, const struct engine_result *result);
void session_shape_end(struct call *call, struct shape *query, struct shape *body);
void session_render_ended(struct call *call, const struct engine_result *result);
/* For call.c, before a call goes to a reader: attempts to sign in are counted. False when it was answered. */
bool session_take_login(struct call *call) __attribute__((warn_unused_result));

/* me.c */
void me_load(struct call *call, struct reader *reader);
void me_shape_amend(struct call *call, struct shape *query, struct shape *body);
void me_load_amend(struct call *call, struct reader *reader);

/* user.c */
void user_shape_create(struct call *call, struct shape *query, struct shape *body);
void user_load_create(struct call *call, struct reader *reader);
void user_render_created(struct call *call, const struct engine_result *result);
void user_shape_list(struct call *call, struct shape *query, struct shape *body);
void user_load_list(struct call *call, struct reader *reader);
void user_load_one(struct call *call, struct reader *reader);
void user_shape_amend(struct call *call, struct shape *query, struct shape *body);
void user_shape_disable(struct call *call, struct shape *query, struct shape *body);
void user_shape_enable(struct call *call, struct shape *query, struct shape *body);
void user_shape_password(struct call *call, struct shape *query, struct shape *body);
void user_load_amend(struct call *call, struct reader *reader);
void user_render_changed(struct call *call, const struct engine_result *result);
void user_shape_role(struct call *call, struct shape *query, struct shape *body);
void user_load_role(struct call *call, struct reader *reader);
void user_render_role(struct call *call, const struct engine_result *result);

/* link.c */
void invitation_shape_create(struct call *call, struct shape *query, struct shape *body);
void invitation_render_created(struct call *call, const struct engine_result *result);
void invitation_shape_list(struct call *call, struct shape *query, struct shape *body);
void invitation_load_list(struct call *call, struct reader *reader);
void invitation_shape_withdraw(struct call *call, struct shape *query, struct shape *body);
void invitation_load_withdraw(struct call *call, struct reader *reader);
void invitation_render_withdrawn(struct call *call, const struct engine_result *result);
void invitation_shape_accept(struct call *call, struct shape *query, struct shape *body);
void invitation_load_accept(struct call *call, struct reader *reader);
void invitation_render_accepted(struct call *call, const struct engine_result *result);
void reset_shape_request(struct call *call, struct shape *query, struct shape *body);
void reset_load_request(struct call *call, struct reader *reader);
void reset_shape_for_user(struct call *call, struct shape *query, struct shape *body);
void reset_render_for_user(struct call *call, const struct engine_result *result);
void reset_shape_complete(struct call *call, struct shape *query, struct shape *body);
void reset_load_complete(struct call *call, struct reader *reader);
void reset_render_completed(struct call *call, const struct engine_result *result);

/* token_route.c */
void token_shape_create(struct call *call, struct shape *query, struct shape *body);
void token_render_created(struct call *call, const struct engine_result *result);
void token_shape_list(struct call *call, struct shape *query, struct shape *body);
void token_load_list(struct call *call, struct reader *reader);
void token_shape_revoke(struct call *call, struct shape *query, struct shape *body);
void token_load_revoke(struct call *call, struct reader *reader);
void token_render_revoked(struct call *call, const struct engine_result *result);

/* system.c; `reader` is NULL */
void system_load_health(struct call *call, struct reader *reader);
void system_load_readiness(struct call *call, struct reader *reader);
void system_load_metrics(struct call *call, struct reader *reader);
void clock_load(struct call *call, struct reader *reader);
void clock_load_accept(struct call *call, struct reader *reader);

/* page.c; `reader` is NULL */
void page_load_front(struct call *call, struct reader *reader);
void page_load_openapi(struct call *call, struct reader *reader);
void page_load_docs(struct call *call, struct reader *reader);
void page_load_docs_style(struct call *call, struct reader *reader);
void page_load_booking(struct call *call, struct reader *reader);
void page_load_booking_style(struct call *call, struct reader *reader);
void page_load_booking_script(struct call *call, struct reader *reader);
void page_load_link(struct call *call, struct reader *reader);
void page_load_link_style(struct call *call, struct reader *reader);
void page_load_link_script(struct call *call, struct reader *reader);

#endif
