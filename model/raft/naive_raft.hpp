// For tests: RaftSpec written down a second time, in the manner of raft.tla's variables and without regard to
// speed, for memories that are not ahead of disks. Only counts are compared, so only what tells states apart
// is here.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace plimsoll::model::raft {

struct NaiveBounds {
  int servers = 1;
  int voters = 1;
  int terms = 1;
  int entries = 0;
  int changes = 0;
};

/// Entries are words: the term and "x", or the term, "c", voters, "/" and outgoing voters: "2c01/0".
struct NaiveRaft {
  using Word = std::string;
  using Words = std::vector<Word>;
  struct State {
    std::vector<int> current_term = {};
    std::vector<int> voted_for = {};  ///< -1: nobody
    std::vector<Words> log = {};
    std::vector<int> commit_index = {};
    std::map<std::pair<int, int>, std::pair<Words, int>> asked = {};  ///< (term, server): log, configured
    std::map<std::pair<int, int>, int> votes = {};                    ///< (term, voter): candidate
    std::map<std::pair<int, int>, Words> elected = {};                ///< (term, server): the leader's log
    std::map<std::pair<int, int>, int> commit = {};                   ///< of leaders, as what follows
    std::map<std::pair<int, int>, int> configured = {};
    std::set<std::pair<int, int>> acting = {};
    std::map<std::tuple<int, int, int>, int> match_index = {};  ///< (term, leader, server)
    friend auto operator<=>(const State&, const State&) = default;
  };

  NaiveBounds bounds = {};
  bool restarts = true;

  [[nodiscard]] State initial() const {
    const auto n = static_cast<std::size_t>(bounds.servers);
    State s;
    s.current_term.assign(n, 0);
    s.voted_for.assign(n, -1);
    s.log.resize(n);
    s.commit_index.assign(n, 0);
    return s;
  }

  [[nodiscard]] std::vector<State> next(const State& s) const {
    std::vector<State> out;
    for (int i = 0; i < bounds.servers; ++i) {
      for (int t = 1; t <= bounds.terms; ++t) {
        elections(s, i, t, out);
      }
      servers(s, i, out);
    }
    for (const auto& [who, log] : s.elected) {
      if (s.acting.contains(who)) {
        leaders(s, who, log, out);
      }
    }
    return out;
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  static int size(const Words& log) { return static_cast<int>(log.size()); }
  static int same(const Words& a, const Words& b) {
    int n = 0;
    while (n < size(a) && n < size(b) && a[at(n)] == b[at(n)]) {
      ++n;
    }
    return n;
  }
  static int last_change(const Words& log, int length) {
    while (length > 0 && log[at(length - 1)][1] != 'c') {
      --length;
    }
    return length;
  }
  static int known(const Words& log) {
    const int last = last_change(log, size(log));
    return last == 0 ? 0 : last_change(log, last - 1);
  }
  /// "01/" for voters 0 and 1.
  [[nodiscard]] Word config(const Words& log, int length) const {
    const int place = last_change(log, length);
    return place == 0 ? Word("0123456789").substr(0, at(bounds.voters)) + "/" : log[at(place - 1)].substr(2);
  }
  static bool majority(const Word& voters, const std::set<int>& yes) {
    const auto count =
        std::count_if(voters.begin(), voters.end(), [&](char voter) { return yes.contains(voter - '0'); });
    return voters.empty() || 2 * at(static_cast<int>(count)) > voters.size();
  }
  static bool quorum(const Word& config, const std::set<int>& yes) {
    const std::size_t slash = config.find('/');
    return majority(config.substr(0, slash), yes) && majority(config.substr(slash + 1), yes);
  }
  static void move_to(State& s, int i, int t, int vote) {
    s.current_term[at(i)] = t;
    s.voted_for[at(i)] = vote;
    if (vote >= 0) {
      s.votes[{t, i}] = vote;
    }
    std::erase_if(s.acting, [&](const auto& who) { return who.second == i && who.first < t; });
  }

  void elections(const State& s, int i, int t, std::vector<State>& out) const {
    const bool is_later = s.current_term[at(i)] < t;
    const bool known_term =
        std::any_of(s.asked.begin(), s.asked.end(), [&](const auto& a) { return a.first.first == t; });
    if (is_later && known_term) {
      out.push_back(s);
      move_to(out.back(), i, t, -1);
    }
    const Words& log = s.log[at(i)];
    const int configured = last_change(log, s.commit_index[at(i)]);
    if (is_later && config(log, configured).find(static_cast<char>('0' + i)) != Word::npos) {
      out.push_back(s);
      out.back().asked[{t, i}] = {log, configured};
      move_to(out.back(), i, t, i);
    }
    for (const auto& [who, claim] : s.asked) {
      const auto last = [](const Words& of) { return std::pair(of.empty() ? '0' : of.back()[0], of.size()); };
      const bool may_vote = is_later || (s.current_term[at(i)] == t && s.voted_for[at(i)] < 0);
      if (who.first == t && may_vote && last(claim.first) >= last(log)) {
        out.push_back(s);
        move_to(out.back(), i, t, who.second);
      }
    }
    const auto claim = s.asked.find({t, i});
    if (claim != s.asked.end() && s.current_term[at(i)] == t && !s.elected.contains({t, i})) {
      std::set<int> yes;
      for (const auto& [vote, candidate] : s.votes) {
        if (vote.first == t && candidate == i) {
          yes.insert(vote.second);
        }
      }
      if (quorum(config(claim->second.first, claim->second.second), yes)) {
        out.push_back(s);
        State& after = out.back();
        after.elected[{t, i}] = claim->second.first;
        after.commit[{t, i}] = s.commit_index[at(i)];
        after.configured[{t, i}] = claim->second.second;
        after.acting.insert({t, i});
        written(after, {t, i});
      }
    }
  }

  /// A leader has on disk what is in its memory.
  static void written(State& s, std::pair<int, int> who) {
    s.log[at(who.second)] = s.elected[who];
    s.commit_index[at(who.second)] = std::max(s.commit_index[at(who.second)], s.commit[who]);
    s.match_index[{who.first, who.second, who.second}] = size(s.elected[who]);
  }

  void leaders(const State& s, std::pair<int, int> who, const Words& log, std::vector<State>& out) const {
    const auto append = [&](const Word& entry) {
      out.push_back(s);
      out.back().elected[who].push_back(std::to_string(who.first) + entry);
      written(out.back(), who);
    };
    const int configured = s.configured.at(who);
    if (size(log) < bounds.entries) {
      append("x");
      const auto changes = std::count_if(log.begin(), log.end(), [](const Word& e) { return e[1] == 'c'; });
      if (changes < bounds.changes && last_change(log, size(log)) <= configured) {
        for (const Word& to : changes_of(config(log, configured))) {
          append("c" + to);
        }
      }
    }
    for (int n = s.commit.at(who) + 1; n <= size(log); ++n) {
      std::set<int> yes;
      for (int i = 0; i < bounds.servers; ++i) {
        const auto match = s.match_index.find({who.first, who.second, i});
        if (match != s.match_index.end() && match->second >= n) {
          yes.insert(i);
        }
      }
      if (log[at(n - 1)][0] == '0' + who.first && quorum(config(log, configured), yes)) {
        out.push_back(s);
        out.back().commit[who] = n;
        written(out.back(), who);
      }
    }
    int place = configured + 1;
    while (place <= s.commit.at(who) && log[at(place - 1)][1] != 'c') {
      ++place;
    }
    if (place <= s.commit.at(who)) {
      out.push_back(s);
      out.back().configured[who] = place;
    }
  }

  /// Where a configuration can go: out of a joint one, or to others by one voter or jointly.
  [[nodiscard]] std::vector<Word> changes_of(const Word& from) const {
    const Word voters = from.substr(0, from.find('/'));
    if (voters.size() + 1 < from.size()) {
      return {voters + "/"};
    }
    std::vector<Word> to;
    for (int chosen = 1; chosen < 1 << bounds.servers; ++chosen) {
      Word others;
      int differing = 0;
      for (int i = 0; i < bounds.servers; ++i) {
        const auto name = static_cast<char>('0' + i);
        const bool is_in = (chosen >> i & 1) != 0;
        others += is_in ? Word(1, name) : Word();
        differing += is_in != (voters.find(name) != Word::npos) ? 1 : 0;
      }
      if (differing == 1) {
        to.push_back(others + "/");
      }
      if (differing >= 1) {
        to.push_back(others + "/" + voters);
      }
    }
    return to;
  }

  void servers(const State& s, int i, std::vector<State>& out) const {
    const Words& log = s.log[at(i)];
    const int commit = s.commit_index[at(i)];
    int committed = commit;
    for (const auto& [who, leader_log] : s.elected) {
      committed = std::max(committed, std::min(s.commit.at(who), same(leader_log, log)));
      for (int n = 0; who.first == s.current_term[at(i)] && n <= size(leader_log); ++n) {
        State after = s;
        if (same(leader_log, log) < n) {
          after.log[at(i)].assign(leader_log.begin(), leader_log.begin() + n);
          after.commit_index[at(i)] = std::max(commit, known(after.log[at(i)]));
        }
        int& match = after.match_index[{who.first, who.second, i}];
        match = std::max(match, n);
        out.push_back(after);
      }
    }
    for (int n = commit + 1; n <= committed; ++n) {
      out.push_back(s);
      out.back().commit_index[at(i)] = n;
    }
    for (int n = std::min(commit, known(log)); restarts && n <= commit; ++n) {
      out.push_back(s);
      out.back().commit_index[at(i)] = n;
      std::erase_if(out.back().acting, [&](const auto& who) { return who.second == i; });
    }
  }
};

}  // namespace plimsoll::model::raft
