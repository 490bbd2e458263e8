/* MailRaft for SPIN: the state graph of model/calibration/mail_raft.hpp, state for state and transition for
 * transition, for three servers.
 *
 * Source: the project's TLA+ module MailRaft; the macros below bear its actions' names. Every action is one
 * d_step, so no state lies between a guard and its effect. The choices of an action (servers, terms, indices)
 * are written out by macros, which makes every index a constant. All state is global.
 *
 * spin -a -DT=2 -DL=1 -DRST=1 -DMB=1 mail_raft.pml                a process for each server
 * spin -a -DT=2 -DL=1 -DRST=1 -DMB=1 -DONE_PROCESS mail_raft.pml  all actions in one loop
 *
 * Processes are active from the start. A model whose init process runs them has one state more, that before
 * init's step: 925,062 instead of 925,061.
 */

#define N 3
#ifndef T
#define T 2 /* terms, 1 .. 3 */
#endif
#ifndef L
#define L 1 /* log length, 1 .. 2 */
#endif
#ifndef RST
#define RST 1 /* restarts, 0 or 1 */
#endif
#ifndef MB
#define MB 1 /* AppendEntries messages in flight */
#endif

#define FOLLOWER 0
#define CANDIDATE 1
#define LEADER 2

typedef Append { byte term; byte previous; byte previous_term; byte entry; byte commit }

byte term[N];
byte role[N];
byte voted[N];
byte commit[N];
byte log[N * L];
byte request[T * N]; /* rv of the module */
byte vote[T * N];    /* vr */
byte ack[T * N];
Append mail[N * (N - 1)]; /* ae: all zeros is none */
byte in_flight;           /* how many of them are not empty: follows from mail, so it adds no state */
hidden byte matching;

#define BY_TERM(t, i) (((t) - 1) * N + (i))
#define BOX(i, j) mail[(i) * (N - 1) + (j) - ((j) > (i))]
#define MAX(a, b) ((a) > (b) -> (a) : (b))
#define MIN(a, b) ((a) < (b) -> (a) : (b))

#if L == 1
#define LEN(i) (log[i] != 0)
#define LT(i) log[i]
#define AT(i, k) ((k) == 1 -> log[i] : 0)
#define CUT(i, k) skip
#else
#define LEN(i) ((log[(i) * L] != 0) + (log[(i) * L + 1] != 0))
#define LT(i) (log[(i) * L + 1] != 0 -> log[(i) * L + 1] : log[(i) * L])
#define AT(i, k) ((k) == 0 || (k) > L -> 0 : log[(i) * L + (k) - 1])
#define CUT(i, k) if :: (k) == 1 -> log[(i) * L + 1] = 0 :: else fi
#endif

/* The module's three invariants, each evaluated once in each state. */
#define TWO_LEADERS(i, j) (role[i] == LEADER && role[j] == LEADER && term[i] == term[j])
#if L == 1
#define LOGS_DIFFER(i, j) false
#define COMMITS_DIFFER(i, j) (commit[i] && commit[j] && log[i] != log[j])
#else
#define LOGS_DIFFER(i, j)                                                                 \
  (log[(i) * L + 1] != 0 && log[(i) * L + 1] == log[(j) * L + 1] && log[(i) * L] != log[(j) * L])
#define COMMITS_DIFFER(i, j)                                                              \
  ((commit[i] >= 1 && commit[j] >= 1 && log[(i) * L] != log[(j) * L]) ||                  \
   (commit[i] >= 2 && commit[j] >= 2 && log[(i) * L + 1] != log[(j) * L + 1]))
#endif
#define ANY_PAIR(X) (X(0, 1) || X(0, 2) || X(1, 2))
#define CHECK                                                                             \
  :: d_step { ANY_PAIR(TWO_LEADERS) -> assert(false) }                                    \
  :: d_step { ANY_PAIR(LOGS_DIFFER) -> assert(false) }                                    \
  :: d_step { ANY_PAIR(COMMITS_DIFFER) -> assert(false) }

#define TIMEOUT(i)                                                                        \
  :: d_step { role[i] != LEADER && term[i] < T ->                                         \
       term[i] = term[i] + 1; role[i] = CANDIDATE; voted[i] = i + 1;                      \
       vote[BY_TERM(term[i], i)] = i + 1;                                                 \
       request[BY_TERM(term[i], i)] = 1 + LEN(i) * (T + 1) + LT(i) }

#define BUMP(i, a, b, t)                                                                  \
  :: d_step { t > term[i] && (request[BY_TERM(t, a)] != 0 || request[BY_TERM(t, b)] != 0 || \
                              BOX(a, i).term == t || BOX(b, i).term == t) ->              \
       term[i] = t; role[i] = FOLLOWER; voted[i] = 0 }

#define ASKED(i, s) request[BY_TERM(term[i], s)]
#define VOTE(i, s)                                                                        \
  :: d_step { term[i] > 0 && voted[i] == 0 && ASKED(i, s) != 0 &&                         \
              ((ASKED(i, s) - 1) % (T + 1) > LT(i) ||                                     \
               ((ASKED(i, s) - 1) % (T + 1) == LT(i) && (ASKED(i, s) - 1) / (T + 1) >= LEN(i))) -> \
       voted[i] = s + 1; vote[BY_TERM(term[i], i)] = s + 1 }

#define VOTED_FOR(i, s) (vote[BY_TERM(term[i], s)] == i + 1)
#define BECOME_LEADER(i)                                                                  \
  :: d_step { role[i] == CANDIDATE && VOTED_FOR(i, 0) + VOTED_FOR(i, 1) + VOTED_FOR(i, 2) >= 2 -> \
       role[i] = LEADER }

#define CLIENT(i)                                                                         \
  :: d_step { role[i] == LEADER && LEN(i) < L -> log[(i) * L + LEN(i)] = term[i] }

#define SEND_AE(i, j, p)                                                                  \
  :: d_step { role[i] == LEADER && in_flight < MB && BOX(i, j).term == 0 && p <= LEN(i) -> \
       BOX(i, j).term = term[i]; BOX(i, j).previous = p; BOX(i, j).previous_term = AT(i, p); \
       BOX(i, j).entry = AT(i, p + 1);                                                    \
       BOX(i, j).commit = MIN(commit[i], (p < LEN(i) -> p + 1 : p)); in_flight++ }

#define CLEAR(m)                                                                          \
  m.term = 0; m.previous = 0; m.previous_term = 0; m.entry = 0; m.commit = 0; in_flight--

#define HANDLE_AE(i, j)                                                                   \
  :: d_step { BOX(i, j).term != 0 && BOX(i, j).term == term[j] && role[j] != LEADER ->    \
       role[j] = FOLLOWER;                                                                \
       if                                                                                 \
       :: BOX(i, j).previous <= LEN(j) &&                                                 \
          AT(j, BOX(i, j).previous) == BOX(i, j).previous_term ->                         \
            matching = BOX(i, j).previous + (BOX(i, j).entry != 0);                       \
            if                                                                            \
            :: BOX(i, j).entry != 0 && AT(j, matching) != BOX(i, j).entry ->              \
                 log[(j) * L + matching - 1] = BOX(i, j).entry; CUT(j, matching)          \
            :: else                                                                       \
            fi;                                                                           \
            commit[j] = MAX(commit[j], MIN(BOX(i, j).commit, matching));                  \
            ack[BY_TERM(term[j], j)] = MAX(ack[BY_TERM(term[j], j)], 1 + matching);       \
            matching = 0                                                                  \
       :: else                                                                            \
       fi;                                                                                \
       CLEAR(BOX(i, j)) }

#define DROP_AE(i, j) :: d_step { BOX(i, j).term != 0 -> CLEAR(BOX(i, j)) }

#define HAS(i, j, k) (ack[BY_TERM(term[i], j)] >= 1 + k)
#define COMMIT(i, a, b, k)                                                                \
  :: d_step { role[i] == LEADER && k > commit[i] && k <= LEN(i) && AT(i, k) == term[i] && \
              (HAS(i, a, k) || HAS(i, b, k)) -> commit[i] = k }

#define RESTART(i) :: d_step { RST && role[i] != FOLLOWER -> role[i] = FOLLOWER; commit[i] = 0 }

#if T == 1
#define BUMPS(i, a, b) BUMP(i, a, b, 1)
#elif T == 2
#define BUMPS(i, a, b) BUMP(i, a, b, 1) BUMP(i, a, b, 2)
#else
#define BUMPS(i, a, b) BUMP(i, a, b, 1) BUMP(i, a, b, 2) BUMP(i, a, b, 3)
#endif
#if L == 1
#define SENDS(i, j) SEND_AE(i, j, 0) SEND_AE(i, j, 1)
#define COMMITS(i, a, b) COMMIT(i, a, b, 1)
#else
#define SENDS(i, j) SEND_AE(i, j, 0) SEND_AE(i, j, 1) SEND_AE(i, j, 2)
#define COMMITS(i, a, b) COMMIT(i, a, b, 1) COMMIT(i, a, b, 2)
#endif

/* What server i does; a and b are the others. */
#define SERVER(i, a, b)                                                                   \
  TIMEOUT(i) BUMPS(i, a, b) VOTE(i, a) VOTE(i, b) BECOME_LEADER(i) CLIENT(i)              \
  SENDS(i, a) SENDS(i, b) HANDLE_AE(a, i) HANDLE_AE(b, i) DROP_AE(a, i) DROP_AE(b, i)     \
  COMMITS(i, a, b) RESTART(i)

#ifdef ONE_PROCESS
active proctype everybody() { end: do SERVER(0, 1, 2) SERVER(1, 0, 2) SERVER(2, 0, 1) CHECK od }
#else
active proctype server_0() { end: do SERVER(0, 1, 2) CHECK od }
active proctype server_1() { end: do SERVER(1, 0, 2) od }
active proctype server_2() { end: do SERVER(2, 0, 1) od }
#endif
