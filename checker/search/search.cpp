#include "checker/search/search.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::violated:
      return "violated";
    case Verdict::inconclusive:
      return "inconclusive";
  }
  PLIMSOLL_ASSERT(false);
}

std::string_view to_text(Schedule schedule) {
  switch (schedule) {
    case Schedule::uniform:
      return "uniform";
    case Schedule::pct:
      return "pct";
    case Schedule::swarm:
      return "swarm";
    case Schedule::mixture:
      return "mixture";
  }
  PLIMSOLL_ASSERT(false);
}

std::string_view to_text(Engine engine) {
  switch (engine) {
    case Engine::bfs:
      return "bfs";
    case Engine::dfs:
      return "dfs";
    case Engine::walk:
      return "walk";
  }
  PLIMSOLL_ASSERT(false);
}

std::string_view to_text(Stop stop) {
  switch (stop) {
    case Stop::exhausted:
      return "exhausted";
    case Stop::violated:
      return "violated";
    case Stop::time:
      return "time limit";
    case Stop::memory:
      return "memory limit";
    case Stop::states:
      return "state limit";
    case Stop::depth:
      return "depth limit";
    case Stop::interrupted:
      return "interrupted";
    case Stop::runs:
      return "all walks done";
  }
  PLIMSOLL_ASSERT(false);
}

}  // namespace plimsoll::checker
