// What etcd promises of a watch: nine guarantees, one judge each, over what a client was sent.
//
// Source: etcd tests/robustness/validate/watch.go (the judges),
// https://etcd.io/docs/v3.5/learning/api_guarantees (the promises). Statements: ETCD-10, 11. The judges see a
// watch's request and its responses in order, and where a promise is about the store, the true history of its
// events. Stricter than etcd's: fragments may not come unasked for; events and notifications before the start
// are found without a history; with a history, a notification may not be ahead of an event; prev_kv may be
// missing only if something was compacted.
//
// The incremental form is a cursor that is fed one response at a time; the whole-list judges are loops over
// it. Requires throughout: the responses are the watch's, or tell the progress of all watches of its stream.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "impl/base/describe_macro.hpp"
#include "impl/base/kv.hpp"
#include "properties/store/event_history.hpp"

namespace plimsoll::properties::store {

enum class Guarantee : std::uint8_t {
  filter,        ///< only events of the keys and types asked for
  ordered,       ///< revisions never go down
  unique,        ///< no event comes twice: at one revision no key is put twice or removed twice
  atomic,        ///< a revision comes whole, in one response, unless the watch allows fragments
  bookmarkable,  ///< once progress R is told, all events up to R were sent; progress never goes down
  resumable,     ///< a watch from revision R begins with the first event at or after R
  reliable,      ///< no event is left out between the first and the last
  is_create,     ///< an event makes a key exactly if it was not there before; versions count from there
  prev_kv        ///< what was there before, if asked for
};
PLIMSOLL_DESCRIBE_ENUM(Guarantee, filter, ordered, unique, atomic, bookmarkable, resumable, reliable,
                       is_create, prev_kv)

struct BrokenGuarantee {
  Guarantee guarantee = Guarantee::filter;
  std::string what = {};  ///< with revisions and keys
  PLIMSOLL_DESCRIBE(BrokenGuarantee, guarantee, what)
};

/// "reliable: ..."
[[nodiscard]] std::string text_of(const BrokenGuarantee& broken);

/// Does the response only say how far the watch is?
[[nodiscard]] bool tells_progress(const kv::WatchResponse& response);

/// What a watch was sent so far, as far as its next response is judged by it. Default: nothing yet.
struct WatchCursor {
  kv::Revision last_revision = {};      ///< of the last event
  kv::Revision progress_revision = {};  ///< of the last notification
  bool within_fragments = false;        ///< the last response was a fragment: its rest follows
  /// Which keys were put and which removed, by revision: of the transactions within one, one may put a key
  /// and a later one remove it. feed() keeps those of the last revision only: anything below breaks the order
  /// anyway.
  std::map<kv::Revision, std::set<std::pair<std::string, kv::EventType>>> sent = {};
  /// Of the history, the first event that was neither sent nor skipped because the watch does not want it.
  /// None: not known, since the watch began at no particular revision and was sent nothing yet.
  std::optional<std::uint64_t> next_event = {};
  PLIMSOLL_DESCRIBE(WatchCursor, last_revision, progress_revision, within_fragments, sent, next_event)
};

/// Judges the next response and moves the cursor behind it. Returns the first guarantee that is broken, in
/// the order of the enum; then the cursor is done with. Without a history only what needs none is judged.
/// Requires: `history` holds all events up to those of the response, and is the same at each call but for new
/// events at its end. Cost: linear in the response and in the events of the history that it passes.
[[nodiscard]] std::optional<BrokenGuarantee> feed(WatchCursor& cursor, const kv::WatchRequest& request,
                                                  const kv::WatchResponse& response,
                                                  const EventHistory* history);

/// A watch as its client saw it.
struct RecordedWatch {
  kv::WatchRequest request = {};
  std::vector<kv::WatchResponse> responses = {};
  PLIMSOLL_DESCRIBE(RecordedWatch, request, responses)
};

// One judge for each guarantee. Each returns in words what is wrong first, or nothing.

[[nodiscard]] std::optional<std::string> judge_filter(const RecordedWatch& watch);
[[nodiscard]] std::optional<std::string> judge_ordered(const RecordedWatch& watch);
[[nodiscard]] std::optional<std::string> judge_unique(const RecordedWatch& watch);
[[nodiscard]] std::optional<std::string> judge_atomic(const RecordedWatch& watch);
[[nodiscard]] std::optional<std::string> judge_bookmarkable(const RecordedWatch& watch,
                                                            const EventHistory* history = nullptr);
[[nodiscard]] std::optional<std::string> judge_resumable(const RecordedWatch& watch,
                                                         const EventHistory& history);
[[nodiscard]] std::optional<std::string> judge_reliable(const RecordedWatch& watch,
                                                        const EventHistory& history);
[[nodiscard]] std::optional<std::string> judge_is_create(const RecordedWatch& watch,
                                                         const EventHistory& history);
[[nodiscard]] std::optional<std::string> judge_prev_kv(const RecordedWatch& watch,
                                                       const EventHistory& history);

/// All guarantees that are broken, each with what is wrong first, in the order of the enum.
[[nodiscard]] std::vector<BrokenGuarantee> judge(const RecordedWatch& watch, const EventHistory* history);

}  // namespace plimsoll::properties::store
