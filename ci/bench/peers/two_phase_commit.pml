/* Two-phase commit for SPIN: the state graph of model/calibration/two_phase_commit.hpp, state for state and
 * transition for transition.
 *
 * Source: Jim Gray and Leslie Lamport, "Consensus on Transaction Commit" (ACM TODS 31(1), 2006), the TLA+ module
 * TwoPhase of its appendix. Every action is one d_step, so no state lies between a guard and its effect, and
 * all state is global. Receiving a message again is a self-loop, as in the module.
 *
 * spin -a -DRMS=8 two_phase_commit.pml                a process for each resource manager, as one would write it
 * spin -a -DRMS=8 -DONE_PROCESS two_phase_commit.pml  all actions in one loop: a shorter state vector, and the
 *                                                     fastest text that was found
 *
 * Processes are active from the start. A model whose init process runs them has one state more, that before
 * init's step: 1,745,409 instead of 1,745,408 for 8 resource managers.
 */

#ifndef RMS
#define RMS 8 /* resource managers, 3 .. 9 */
#endif

#define WORKING 0
#define PREPARED 1
#define COMMITTED 2
#define ABORTED 3

#define BIT(r) (1 << (r))
#define COMMIT_MESSAGE BIT(RMS)
#define ABORT_MESSAGE BIT(RMS + 1)

byte manager[RMS];
byte decision;  /* of the transaction manager: undecided, or as it told the others */
short prepared; /* whom the transaction manager knows to be prepared, a bit each */
short sent;     /* the set of messages: bit r is "Prepared" of resource manager r */

#if RMS > 3
#define WITH_3(X) X(3)
#else
#define WITH_3(X)
#endif
#if RMS > 4
#define WITH_4(X) X(4)
#else
#define WITH_4(X)
#endif
#if RMS > 5
#define WITH_5(X) X(5)
#else
#define WITH_5(X)
#endif
#if RMS > 6
#define WITH_6(X) X(6)
#else
#define WITH_6(X)
#endif
#if RMS > 7
#define WITH_7(X) X(7)
#else
#define WITH_7(X)
#endif
#if RMS > 8
#define WITH_8(X) X(8)
#else
#define WITH_8(X)
#endif
#define EACH(X) X(0) X(1) X(2) WITH_3(X) WITH_4(X) WITH_5(X) WITH_6(X) WITH_7(X) WITH_8(X)

#define OR_COMMITTED(r) || manager[r] == COMMITTED
#define OR_ABORTED(r) || manager[r] == ABORTED

/* Consistency, evaluated once in each state. */
#define CHECK                                                           \
  :: d_step { (false EACH(OR_COMMITTED)) && (false EACH(OR_ABORTED)) -> \
       assert(false) }

#define RECEIVE_PREPARED(r)                                             \
  :: d_step { decision == WORKING && (sent & BIT(r)) ->                 \
       prepared = prepared | BIT(r) }

#define TRANSACTION_MANAGER                                             \
  EACH(RECEIVE_PREPARED)                                                \
  :: d_step { decision == WORKING && prepared == BIT(RMS) - 1 ->        \
       decision = COMMITTED; sent = sent | COMMIT_MESSAGE }             \
  :: d_step { decision == WORKING ->                                    \
       decision = ABORTED; sent = sent | ABORT_MESSAGE }

#define RESOURCE_MANAGER(r)                                             \
  :: d_step { manager[r] == WORKING ->                                  \
       manager[r] = PREPARED; sent = sent | BIT(r) }                    \
  :: d_step { manager[r] == WORKING -> manager[r] = ABORTED }           \
  :: d_step { sent & COMMIT_MESSAGE -> manager[r] = COMMITTED }         \
  :: d_step { sent & ABORT_MESSAGE -> manager[r] = ABORTED }

#ifdef ONE_PROCESS
active proctype everybody() {
end:
  do
  TRANSACTION_MANAGER
  EACH(RESOURCE_MANAGER)
  CHECK
  od
}
#else
active [RMS] proctype resource_manager() { /* the first processes, so _pid is 0 .. RMS - 1 */
end:
  do
  RESOURCE_MANAGER(_pid)
  od
}
active proctype transaction_manager() {
end:
  do
  TRANSACTION_MANAGER
  CHECK
  od
}
#endif
