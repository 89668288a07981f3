/*
 * Bips: one producer, a few consumers, zero-copy frames in shared memory.
 *
 * How to read this file. Every statement of the protocol that touches shared memory has a name (push_commit,
 * pull_hold, ...). The name stands in a comment at the statement; README.md has the table of all names, and the
 * code carries the same names. What is left out here, and why, is in README.md too.
 *
 * Memory model. A store goes into the pending queue of its process and becomes visible later, in order, whenever the
 * process StoreBuffers takes it out (TSO: a load may overtake the process's own older stores). A full fence waits until
 * the queue is empty. One d_step holds at most one load from a word that another process may change meanwhile, followed
 * by any number of stores into the queue: what becomes visible when is decided by StoreBuffers, so nothing is lost by
 * that. Two kinds of word are written past the queue, which is weaker than TSO and therefore the harder test: the
 * payload and the fields of a ring entry. Orderings that TSO gives for nothing and arm64 does not are tested by
 * swapping the two statements in a mutant.
 *
 * Each mutant leaves out one rule (spin -DMUTANT_<NAME>). run.sh expects an error from every one of them.
 */

/* ---- Configuration: see run.sh for the ones that are checked ----------------------------------------------------- */

#ifndef BUFFERS
#define BUFFERS 3
#endif
#ifndef RING
#define RING 4              /* entries of the ring: the power of two that is not below BUFFERS */
#endif
#ifndef PUSHES
#define PUSHES 4            /* frames until the producer closes the pool */
#endif
#ifndef HISTORY
#define HISTORY 0
#endif
#ifndef LANES
#define LANES 2
#endif
#ifndef FIRST_LOSSY
#define FIRST_LOSSY 1       /* lanes below this one are Block, the others DropOldest */
#endif
#ifndef LIVES
#define LIVES 0             /* how often a consumer may die (and be replaced, or not) */
#endif
#ifndef LEAVES
#define LEAVES 0            /* how often a consumer may leave early of its own will */
#endif
#ifndef PRODUCER_LIVES
#define PRODUCER_LIVES 0    /* how often the producer may die and be replaced */
#endif
#ifndef STOPS
#define STOPS 0             /* how many consumers may be stopped for ever (SIGSTOP): alive, but not running */
#endif
#ifndef EVICTIONS
#define EVICTIONS 0         /* how many Block lanes the producer may evict as stalled */
#endif

#define LOSSY(lane)     ((lane) >= FIRST_LOSSY)
#define ALL_BUFFERS     ((1 << BUFFERS) - 1)
#define MAX(a, b)       ((a) > (b) -> (a) : (b))
#define OLDEST_KEPT(p)  ((p) > HISTORY -> (p) - HISTORY + 1 : 1)   /* first frame that a joining consumer is given */

/* Assertions that would name the fault of these two mutants before anybody is harmed by it. */
#ifdef MUTANT_CURSOR_BEFORE_HELD
#define MUTATED_CURSOR true
#else
#define MUTATED_CURSOR false
#endif
#ifdef MUTANT_PRODUCER_BELL_READ_AFTER_LAST_SCAN
#define BELL_READ_LATE true
#else
#define BELL_READ_LATE false
#endif
#ifdef MUTANT_NO_ADVANCE_IN_TAKEOVER
#define MUTATED_TAKEOVER true
#else
#define MUTATED_TAKEOVER false
#endif

/* ---- Shared memory ----------------------------------------------------------------------------------------------- */

#define PUBLISHED           0
#define PRODUCER_WAITING    1
#define CLOSED              2
#define FLOOR(lane)         (3 + (lane))
#define EVICTED(lane)       (3 + LANES + (lane))        /* the incarnation that was evicted */
#define STATE(lane)         (3 + 2 * LANES + (lane))    /* 0 free, 1 active */
#define CURSOR(lane)        (3 + 3 * LANES + (lane))
#define HELD(lane)          (3 + 4 * LANES + (lane))    /* bit i = held byte of buffer i; one byte changes per store */
#define INCARNATION(lane)   (3 + 5 * LANES + (lane))
#define COMMIT(sequence)    (3 + 6 * LANES + (sequence) % RING)
#define WORDS               (3 + 6 * LANES + RING)

byte memory[WORDS];

#define ENTRY(sequence, buffer) (((sequence) << 2) | (buffer))
#define SEQUENCE(entry)         ((entry) >> 2)
#define BUFFER(entry)           ((entry) & 3)
#define COMMITTED(sequence)     SEQUENCE(memory[COMMIT(sequence)])

byte fields[RING];          /* timestamp of an entry: here the sequence it belongs to */
byte payloadLow[BUFFERS];   /* the two halves of a buffer's payload: the sequence of the frame they belong to */
byte payloadHigh[BUFFERS];

#define FREE    0
#define ACTIVE  1

/* The lock byte of each lane. The kernel drops it when its owner dies. (The producer's lock needs no variable: the
 * successor is the same Promela process, started again.) */
bool locked[LANES];

/* The three counters that one side only compares with an older copy of its own are modelled by the outcome of that
 * comparison, which keeps the state space finite and hides only wrap-around. */
bool bellMoved;             /* sleeperBell != the producer's lastSeenBell */
bool signalMoved[LANES];    /* signal != the v that the consumer of this lane read */
bool producerBellMoved;     /* producerBell != the b that the producer read */

/* Who is blocked inside futex-wait. */
bool asleep[LANES];
bool producerAsleep;

/* The re-check slice ends a sleep without a wake-up. The protocol may need it only after a consumer died, so a death
 * buys the producer exactly one. A consumer gets none: whoever takes over from a dead producer wakes everybody. */
bool producerSlice;

/* ---- Ghosts: for the assertions only ----------------------------------------------------------------------------- */

byte leased[LANES];         /* 1 + buffer that this consumer's user may read now, 0 = none */
byte lastCommitted;         /* newest sequence whose commit word has become visible */
bool gone[LANES];           /* no consumer will come to this lane any more */
bool stopped[LANES];
byte livesLeft = LIVES;
byte leavesLeft = LEAVES;
byte producerLivesLeft = PRODUCER_LIVES;
byte stopsLeft = STOPS;
byte evictionsLeft = EVICTIONS;

/* ---- Store queues ------------------------------------------------------------------------------------------------ */

#define PRODUCER LANES      /* index of the producer's queue; the consumer of lane k has queue k */
#define QUEUE_DEPTH 5       /* a store into a full queue would be reported as an error (a d_step that blocks) */

chan pending[LANES + 1] = [QUEUE_DEPTH] of { byte, byte };
/* Scratch of single steps, 0 between them. Not `hidden`: backtracking must restore what a receive has stored here. */
byte address;
byte value;
byte each;

#define STORE(who, where, what) pending[who]!where, what
#define FENCE(who)              (len(pending[who]) == 0)
#define ROOM(who)               (len(pending[who]) <= QUEUE_DEPTH - 3)  /* matters only to mutants that lack fences */

/* The oldest pending store becomes visible. */
inline MakeVisible(who) {
    pending[who]?address, value;
    if
    :: address >= COMMIT(0) ->
        /* A sequence is committed once, in order, whoever the producer is. */
        assert(SEQUENCE(value) == lastCommitted + 1);
        lastCommitted = SEQUENCE(value)
    :: else
    fi;
    memory[address] = value;
    address = 0;
    value = 0
}

active proctype StoreBuffers() {
end_drain:
    do
    :: d_step { len(pending[0]) > 0 -> MakeVisible(0) }
#if LANES > 1
    :: d_step { len(pending[1]) > 0 -> MakeVisible(1) }
#endif
    :: d_step { len(pending[PRODUCER]) > 0 -> MakeVisible(PRODUCER) }
    od
}

/* Death leaves what had been stored, and here any beginning of what is still pending: dropping the rest is the same as
 * dying before it. That is why a death need not be offered between stores that stand in one d_step. */
inline StoresAtDeath(who) {
    do
    :: len(pending[who]) > 0 -> MakeVisible(who)
    :: break
    od;
    do
    :: len(pending[who]) > 0 -> pending[who]?address, value
    :: else -> break
    od;
    address = 0;
    value = 0
}

inline SignalMoves() {
    signalMoved[0] = true;
#if LANES > 1
    signalMoved[1] = true;
#endif
    skip
}

inline WakeConsumers() {
    asleep[0] = false;
#if LANES > 1
    asleep[1] = false;
#endif
    skip
}

/* ---- Consumer ---------------------------------------------------------------------------------------------------- */

/* Dying is offered where the last step stored something. Dying after a step that only loaded is the same for everybody
 * else. */
#define OR_DIE \
    :: atomic { livesLeft > 0 -> \
                livesLeft--; StoresAtDeath(k); locked[k] = false; leased[k] = 0; producerSlice = true; \
                goto incarnation_over }

/* A stopped consumer keeps its lock and whatever it holds. Stopped just before it would have rung the bell, it costs
 * the producer one slice, as a dead one does. */
#if STOPS > 0
#define OR_STOP \
    :: atomic { stopsLeft > 0 && FENCE(k) -> stopsLeft--; stopped[k] = true; goto end_stopped }
#define OR_STOP_BEFORE_BELL \
    :: atomic { stopsLeft > 0 && FENCE(k) -> stopsLeft--; stopped[k] = true; producerSlice = true; goto end_stopped }
#else
#define OR_STOP
#define OR_STOP_BEFORE_BELL
#endif

#define IS_EVICTED(lane) (EVICTIONS > 0 && memory[EVICTED(lane)] == incarnation)

/* Something that could block the producer was given up: wake it if it waits. */
inline RingProducer() {
    if
    /* bell_look: the full fence separates the store that gave something up from the load of producerWaiting. */
#ifdef MUTANT_NO_FENCE_BEFORE_PRODUCER_WAITING
    :: d_step { !memory[PRODUCER_WAITING] -> skip }
    :: d_step { memory[PRODUCER_WAITING] && FENCE(k) ->
#else
    :: d_step { FENCE(k) && !memory[PRODUCER_WAITING] -> skip }
    :: d_step { FENCE(k) && memory[PRODUCER_WAITING] ->
#endif
        producerBellMoved = true    /* bell_ring */
       }
       if
       :: d_step { producerAsleep = false }    /* bell_wake */
       OR_DIE
       fi
    OR_DIE
    OR_STOP_BEFORE_BELL
    fi
}

proctype Consumer(byte k) {
    byte cursor;        /* own copy of the lane's cursor */
    byte s;             /* the sequence to take */
    byte buffer;
    byte copiedFields;
    bool ended;         /* the pool was closed, or this incarnation evicted, when wait_state looked */
    byte incarnation;
    byte accounted;     /* ghost: the first sequence of this incarnation + taken + lost */

join:
    /* join_lock */
    atomic { !locked[k] -> locked[k] = true };

    /* join_wipe: the dead predecessor's leases end here. */
    d_step {
        memory[HELD(k)] = 0;
#if EVICTIONS > 0
        incarnation = memory[INCARNATION(k)] + 1;
        memory[INCARNATION(k)] = incarnation;
#endif
    };

    /* join_place, join_activate */
    if
    :: d_step {
        cursor = OLDEST_KEPT(memory[PUBLISHED]);
        accounted = cursor;
        STORE(k, CURSOR(k), cursor);
        STORE(k, STATE(k), ACTIVE)
       }
    OR_DIE
    fi;

    /* join_confirm: a producer that did not see this lane active has published by now what the second look must see. */
#ifndef MUTANT_NO_REREAD_IN_JOIN
    if
#ifdef MUTANT_NO_FENCE_IN_JOIN
    :: d_step {
#else
    :: d_step { FENCE(k) ->
#endif
        cursor = MAX(cursor, OLDEST_KEPT(memory[PUBLISHED]));
        accounted = cursor;
        STORE(k, CURSOR(k), cursor)
       }
    OR_DIE
    fi;
#endif

    /* join_bell: the wipe and the second look may have freed what a waiting producer found blocked. */
#ifndef MUTANT_NO_BELL_AFTER_JOIN
    RingProducer();
#endif

pull:
#if FIRST_LOSSY == 0
    /* pull_position */
    s = MAX(cursor, memory[FLOOR(k)]);
#elif FIRST_LOSSY < LANES
    if
    :: d_step { LOSSY(k) -> s = MAX(cursor, memory[FLOOR(k)]) }
    :: d_step { !LOSSY(k) -> s = cursor }
    fi;
#else
    s = cursor;
#endif

    /* pull_look, pull_hold */
    if
    :: d_step { COMMITTED(s) == s && ROOM(k) ->
        buffer = BUFFER(memory[COMMIT(s)]);
#ifdef MUTANT_CURSOR_BEFORE_HELD
        cursor = s + 1;
        STORE(k, CURSOR(k), cursor);
#endif
        STORE(k, HELD(k), 1 << buffer)
       }
    :: atomic { COMMITTED(s) < s -> goto wait }
    :: atomic { COMMITTED(s) > s ->             /* pull_overrun: the lane was moved on, or evicted */
        assert(LOSSY(k) || IS_EVICTED(k));
        if
        :: IS_EVICTED(k) -> goto leave
        :: else -> goto pull
        fi }
    :: atomic { leavesLeft > 0 -> leavesLeft--; goto leave }
    OR_DIE
    OR_STOP
    fi;

    /* pull_copy. The full fence separates the held byte from the look at the floor. A Block lane needs neither unless
     * it can be evicted: nobody but itself moves its position. */
    if
#if EVICTIONS > 0
#define MUST_CONFIRM(lane) true
#else
#define MUST_CONFIRM(lane) LOSSY(lane)
#endif
#if defined(MUTANT_COMMIT_LOOK_INSTEAD_OF_FLOOR_LOOK)
    :: atomic { LOSSY(k) && FENCE(k) && memory[FLOOR(k)] > s -> STORE(k, HELD(k), 0); goto undo }
    :: d_step { !LOSSY(k) || (FENCE(k) && memory[FLOOR(k)] <= s) -> skip };
       d_step { copiedFields = fields[s % RING] }
#elif defined(MUTANT_FLOOR_LOOK_BEFORE_COPY)
    :: atomic { LOSSY(k) && FENCE(k) && memory[FLOOR(k)] > s -> STORE(k, HELD(k), 0); goto undo }
    :: d_step { !LOSSY(k) || (FENCE(k) && memory[FLOOR(k)] <= s) -> skip };
       d_step { copiedFields = fields[s % RING] }
#elif defined(MUTANT_NO_FENCE_BEFORE_SECOND_FLOOR_LOOK)
    :: d_step { copiedFields = fields[s % RING] }
#else
    :: d_step { (!MUST_CONFIRM(k) || FENCE(k)) -> copiedFields = fields[s % RING] }
#endif
    OR_DIE
    OR_STOP
    fi;

    /* pull_confirm: the floor is looked at after the fields were copied. So one look answers both questions: may the
     * producer have missed the held byte, and may it have begun to write the next frame's fields into this entry? */
    if
#if defined(MUTANT_NO_SECOND_FLOOR_LOOK) || defined(MUTANT_FLOOR_LOOK_BEFORE_COPY)
    :: d_step { true ->
#elif defined(MUTANT_NO_SECOND_EVICTED_LOOK)
    :: atomic { LOSSY(k) && memory[FLOOR(k)] > s -> STORE(k, HELD(k), 0); goto undo }
    :: d_step { !LOSSY(k) || memory[FLOOR(k)] <= s ->
#elif defined(MUTANT_COMMIT_LOOK_INSTEAD_OF_FLOOR_LOOK)
    :: atomic { LOSSY(k) && COMMITTED(s) != s -> STORE(k, HELD(k), 0); goto undo }
    :: d_step { !LOSSY(k) || COMMITTED(s) == s ->
#else
    :: atomic { (LOSSY(k) && memory[FLOOR(k)] > s) || IS_EVICTED(k) ->
        STORE(k, HELD(k), 0);       /* pull_undo */
        goto undo }
    :: d_step { (!LOSSY(k) || memory[FLOOR(k)] <= s) && !IS_EVICTED(k) ->
#endif
        assert(LOSSY(k) || s == cursor || MUTATED_CURSOR);      /* a Block lane misses nothing */
        accounted = accounted + (s - cursor) + 1;   /* lost += s - cursor, taken++ */
        assert(accounted == s + 1 || MUTATED_CURSOR);
        assert(copiedFields == s);
        assert(payloadLow[buffer] == s && payloadHigh[buffer] == s);
        leased[k] = 1 + buffer;
        copiedFields = 0;
#ifdef MUTANT_CURSOR_BEFORE_HELD
        skip
#else
        cursor = s + 1;
        STORE(k, CURSOR(k), cursor) /* pull_advance */
#endif
       }
    fi;

    /* release_held: the user has read the frame until here. */
    if
#ifdef MUTANT_HELD_CLEARED_BEFORE_LAST_READ
    :: d_step { leased[k] = 0; STORE(k, HELD(k), 0) };
       d_step { assert(payloadLow[buffer] == s && payloadHigh[buffer] == s); buffer = 0 }
#else
    :: d_step {
        assert(payloadLow[buffer] == s && payloadHigh[buffer] == s);
        leased[k] = 0;
        buffer = 0;
        STORE(k, HELD(k), 0)
       }
#endif
    OR_DIE
    OR_STOP
    fi;
    RingProducer();
    goto pull;

undo:
    copiedFields = 0;
    buffer = 0;
#ifndef MUTANT_NO_BELL_AFTER_UNDO
    RingProducer();
#endif
    if
    :: IS_EVICTED(k) -> goto leave
    :: else -> goto pull
    fi;

wait:
#ifdef MUTANT_SIGNAL_READ_AFTER_LOOK
    skip;
#else
    signalMoved[k] = false;                     /* wait_signal */
#endif
#ifndef MUTANT_LOOK_BEFORE_SLEEPER_BELL
    d_step { FENCE(k) -> bellMoved = true };    /* wait_bell: an atomic add, itself a full fence */
#endif

#ifdef MUTANT_NO_LOOK_BEFORE_SLEEP
    if
    :: d_step { ended = memory[CLOSED] || IS_EVICTED(k) }
    OR_DIE
    OR_STOP
    fi;
    if
    :: atomic { !ended -> goto sleep }
    :: ended
    fi;
#endif
#ifndef MUTANT_CLOSED_READ_AFTER_RING
    /* wait_state: before the ring. The other way round the last frame before Close could be missed. */
    if
    :: d_step { ended = memory[CLOSED] || IS_EVICTED(k) }
    OR_DIE
    OR_STOP
    fi;
    /* wait_look */
    if
    :: atomic { COMMITTED(s) >= s -> ended = false; goto pull }
    :: d_step { COMMITTED(s) < s -> skip }
    fi;
#else
    if
    :: atomic { COMMITTED(s) >= s -> goto pull }
    :: d_step { COMMITTED(s) < s -> skip }
    fi;
    d_step { ended = memory[CLOSED] };
#endif
    if
    :: ended -> goto drained
    :: else
    fi;
#ifdef MUTANT_LOOK_BEFORE_SLEEPER_BELL
    d_step { FENCE(k) -> bellMoved = true };
#endif
#ifdef MUTANT_SIGNAL_READ_AFTER_LOOK
    d_step { signalMoved[k] = false };
#endif

sleep:
    /* wait_sleep: the kernel compares and puts to sleep in one step. */
    if
    :: atomic { signalMoved[k] -> goto pull }
    :: d_step { !signalMoved[k] -> asleep[k] = true }
    fi;
    !asleep[k];
    goto pull;

drained:
    ended = false;
    /* A Block lane sees every frame before the end of the pool. */
    assert(LOSSY(k) || IS_EVICTED(k) || cursor == lastCommitted + 1);

leave:
    STORE(k, STATE(k), FREE);               /* leave_free: nothing is held any more */
#ifndef MUTANT_NO_BELL_AFTER_LEAVE
    RingProducer();
#endif
    d_step { FENCE(k) -> locked[k] = false };   /* leave_unlock: a system call */

incarnation_over:
    atomic { cursor = 0; s = 0; buffer = 0; copiedFields = 0; ended = false; incarnation = 0; accounted = 0 };
    if
    :: !memory[CLOSED] -> goto join
    :: skip
    fi;
    gone[k] = true;
    goto end_of_lane;

end_stopped:
    false;

end_of_lane:
    skip
}

/* ---- Producer ---------------------------------------------------------------------------------------------------- */

#define OR_PRODUCER_DIES \
    :: atomic { producerLivesLeft > 0 -> \
                producerLivesLeft--; StoresAtDeath(PRODUCER); producerAsleep = false; producerSlice = false; \
                goto takeover }

#define NOBODY_LEASES(i) (leased[0] != 1 + (i) && leased[LANES - 1] != 1 + (i))

/* Which scan of one pull this is. */
#define FIRST       0
#define REAPED      1
#define DROPPED     2
#define LAST        3

/* scan_cursor: state, incarnation and cursor of one lane. Loading them in one step is no loss: a lane that is seen
 * active and is free a moment later only forbids more. */
inline LoadLane() {
    position = MAX(memory[CURSOR(lane)], floor[lane]);
    if
    :: EVICTIONS > 0 && memory[EVICTED(lane)] != 0 && memory[EVICTED(lane)] == memory[INCARNATION(lane)] ->
        position = PUSHES + 1
    :: else
    fi
}

/* scan_held: the held bytes of one lane. Loading them in one step is no loss: each buffer is judged by its own byte. */
inline LoadHeld() {
    hard = hard | memory[HELD(lane)]
}

inline JudgePosition() {
    each = 0;
    do
    :: each < BUFFERS ->
        if
        :: last[each] >= position && LOSSY(lane) -> soft = soft | (1 << each)
        :: last[each] >= position && !LOSSY(lane) -> hard = hard | (1 << each)
        :: else
        fi;
        each++
    :: else -> break
    od;
    each = 0;
    position = 0
}

/* Before the lanes are looked at: the newest HISTORY frames are not free. */
inline BeginScan(which) {
    phase = which;
    lane = 0;
    soft = 0;
    hard = 0;
    each = 0;
    do
    :: each < BUFFERS ->
        if
        :: last[each] > 0 && last[each] + HISTORY > published -> hard = hard | (1 << each)
        :: else
        fi;
        each++
    :: else -> break
    od;
    each = 0
}

/* The full fence of a scan, and what leaving it out does in each phase. */
#if defined(MUTANT_NO_FENCE_AFTER_FLOOR)
#define SCAN_FENCE (phase == DROPPED || FENCE(PRODUCER))
#elif defined(MUTANT_NO_FENCE_BEFORE_LAST_SCAN)
#define SCAN_FENCE (phase == LAST || FENCE(PRODUCER))
#elif defined(MUTANT_NO_FENCE_BEFORE_FIRST_SCAN)
#define SCAN_FENCE (phase == FIRST || phase == REAPED || FENCE(PRODUCER))
#else
#define SCAN_FENCE FENCE(PRODUCER)
#endif

proctype Producer() {
    byte published;
    byte last[BUFFERS];     /* sequence of the newest frame in each buffer, 0 = none */
    byte floor[LANES];      /* own copy */
    byte free;              /* the private free list, one bit per buffer */
    byte hard;              /* buffers that only somebody else can free */
    byte soft;              /* buffers that a position of a lossy lane forbids */
    byte buffer;
    byte lane;
    byte position;
    byte phase;
    bool found;

takeover:
    skip;
    /* takeover_adopt, takeover_last: only a producer writes these words, and there is no other. */
    d_step {
        free = 0; hard = 0; soft = 0; buffer = 0; lane = 0; position = 0; phase = FIRST; found = false;
        published = memory[PUBLISHED];
#ifndef MUTANT_NO_ADVANCE_IN_TAKEOVER
        do
        :: COMMITTED(published + 1) == published + 1 -> published++; STORE(PRODUCER, PUBLISHED, published)
        :: else -> break
        od;
#endif
        each = 0;
        do
        :: each < BUFFERS -> last[each] = 0; each++
        :: else -> break
        od;
#ifndef MUTANT_TAKEOVER_FORGETS_LAST
        each = 0;
        do
        :: each < RING ->
            address = BUFFER(memory[COMMIT(each)]);
            value = SEQUENCE(memory[COMMIT(each)]);
            last[address] = MAX(last[address], value);
            each++
        :: else -> break
        od;
#endif
        floor[0] = memory[FLOOR(0)];
        floor[LANES - 1] = memory[FLOOR(LANES - 1)];
        address = 0; value = 0; each = 0;
        assert(published == lastCommitted || MUTATED_TAKEOVER)
    };
    /* takeover_signal */
    if
    :: d_step { bellMoved = false; SignalMoves() }
    OR_PRODUCER_DIES
    fi;
    /* takeover_wake: a system call, so the stores above are visible by now. */
    if
#ifdef MUTANT_NO_WAKE_IN_TAKEOVER
    :: d_step { FENCE(PRODUCER) -> skip }
#else
    :: d_step { FENCE(PRODUCER) -> WakeConsumers() }
#endif
    OR_PRODUCER_DIES
    fi;

pull:
    if
    :: d_step { published < PUSHES && free != 0 && ROOM(PRODUCER) ->
        /* take_buffer, and the user begins to write. */
        buffer = 0;
        do
        :: (free & (1 << buffer)) == 0 -> buffer++
        :: else -> break
        od;
        free = free & ~(1 << buffer);
        assert(NOBODY_LEASES(buffer));
        payloadLow[buffer] = published + 1
       }
    :: atomic { published < PUSHES && free == 0 -> d_step { BeginScan(FIRST) }; goto scan }
    :: atomic { published == PUSHES -> goto finish }
    fi;

    if
    :: d_step {
        assert(NOBODY_LEASES(buffer));
        payloadHigh[buffer] = published + 1;
        published++;
        last[buffer] = published;
#if defined(MUTANT_COMMIT_BEFORE_FIELDS)
        STORE(PRODUCER, COMMIT(published), ENTRY(published, buffer))
       };
       d_step {
        fields[published % RING] = published;
        STORE(PRODUCER, PUBLISHED, published)
#elif defined(MUTANT_PUBLISHED_BEFORE_COMMIT)
        fields[published % RING] = published;
        STORE(PRODUCER, PUBLISHED, published);
        STORE(PRODUCER, COMMIT(published), ENTRY(published, buffer))
#else
        fields[published % RING] = published;                               /* push_fields */
        STORE(PRODUCER, COMMIT(published), ENTRY(published, buffer));       /* push_commit */
        STORE(PRODUCER, PUBLISHED, published)                               /* push_publish */
#endif
       }
    OR_PRODUCER_DIES
    fi;
    buffer = 0;

#ifdef MUTANT_BELL_READ_AFTER_SIGNAL
    d_step { FENCE(PRODUCER) -> SignalMoves() };
    if
    :: atomic { !bellMoved -> goto pull }
    :: d_step { bellMoved -> bellMoved = false }
    fi;
#else
    /* push_look: the full fence separates the commit word from the load of sleeperBell. The bell is read before the
     * signal
     * moves: then whoever rang has an older signal in hand, and cannot sleep through the wake-up that this bell asks
     * for. */
    if
#ifdef MUTANT_NO_FENCE_BEFORE_SLEEPER_BELL
    :: atomic { !bellMoved -> goto pull }
    :: d_step { bellMoved -> bellMoved = false }
#else
    :: atomic { FENCE(PRODUCER) && !bellMoved -> goto pull }
    :: d_step { FENCE(PRODUCER) && bellMoved -> bellMoved = false }
#endif
    OR_PRODUCER_DIES
    fi;
    d_step { SignalMoves() };       /* push_signal */
#endif
    /* push_wake */
    if
    :: d_step { FENCE(PRODUCER) -> WakeConsumers() }
    OR_PRODUCER_DIES
    fi;
    goto pull;

scan:
    /* scan_fence, scan_cursor, scan_held; lane by lane. */
    do
    :: lane < LANES ->
        if
        :: d_step { (lane > 0 || SCAN_FENCE) && memory[STATE(lane)] == FREE -> lane++ }
#ifdef MUTANT_HELD_READ_BEFORE_CURSOR
        :: d_step { (lane > 0 || SCAN_FENCE) && memory[STATE(lane)] == ACTIVE -> LoadHeld() };
           d_step { LoadLane(); JudgePosition(); lane++ }
#else
        :: d_step { (lane > 0 || SCAN_FENCE) && memory[STATE(lane)] == ACTIVE -> LoadLane() };
           d_step { LoadHeld(); JudgePosition(); lane++ }
#endif
        OR_PRODUCER_DIES
        fi
    :: else -> break
    od;
    free = ALL_BUFFERS & ~(hard | soft);
    soft = soft & ~hard;
    hard = 0;
    lane = 0;
    if
    :: free != 0 && phase == LAST -> soft = 0; phase = FIRST; goto stop_waiting
    :: free != 0 && phase != LAST -> soft = 0; phase = FIRST; goto pull
    :: free == 0 && phase == FIRST -> goto reap
    :: free == 0 && phase == REAPED -> goto drop
    :: free == 0 && phase == DROPPED -> goto announce
    :: free == 0 && phase == LAST ->
#ifdef MUTANT_SLEEP_ALTHOUGH_DROPPABLE
        soft = 0; goto sleep
#else
        /* Somebody gave up a buffer after the floors were raised, and only a lossy lane's position is left in the way.
         */
        if
        :: d_step { soft != 0 -> STORE(PRODUCER, PRODUCER_WAITING, false) }; goto drop
        :: soft == 0 -> goto sleep
        fi
#endif
    fi;

reap:
    /* reap_lock, reap_free, reap_unlock: for each active lane. With the lock held nobody else writes the lane. */
#ifdef MUTANT_REAP_WITHOUT_LOCK
    atomic {
        if :: !locked[0] && memory[STATE(0)] == ACTIVE -> found = true :: else fi;
    };
    if
    :: found -> d_step { memory[STATE(0)] = FREE; found = false; soft = 0; BeginScan(REAPED) }; goto scan
    :: else -> goto drop
    fi;
#else
    atomic {
        if :: !locked[0] && memory[STATE(0)] == ACTIVE -> memory[STATE(0)] = FREE; found = true :: else fi;
#if LANES > 1
        if :: !locked[1] && memory[STATE(1)] == ACTIVE -> memory[STATE(1)] = FREE; found = true :: else fi;
#endif
    };
    if
    :: found -> d_step { found = false; soft = 0; BeginScan(REAPED) }; goto scan
    :: else -> goto drop
    fi;
#endif

drop:
    if
    :: soft == 0 -> goto announce
    :: else
    fi;
    /* drop_raise: just far enough for the oldest frame that nothing but lossy positions protects. */
    d_step {
        buffer = 0;
        do
        :: (soft & (1 << buffer)) == 0 -> buffer++
        :: else -> break
        od;
        each = buffer + 1;
        do
        :: each < BUFFERS ->
            if
            :: (soft & (1 << each)) != 0 && last[each] < last[buffer] -> buffer = each
            :: else
            fi;
            each++
        :: else -> break
        od;
        lane = FIRST_LOSSY;
        do
        :: lane < LANES ->
            if
            :: memory[STATE(lane)] == ACTIVE && MAX(memory[CURSOR(lane)], floor[lane]) <= last[buffer] ->
                floor[lane] = last[buffer] + 1;
                STORE(PRODUCER, FLOOR(lane), floor[lane])
            :: else
            fi;
            lane++
        :: else -> break
        od;
        buffer = 0;
        BeginScan(DROPPED)
    };
    goto scan;

announce:
    /* announce_waiting */
    STORE(PRODUCER, PRODUCER_WAITING, true);
    /* announce_bell: before the last scan, so that a bell rung after what the scan saw ends the sleep. */
    d_step { producerBellMoved = (BELL_READ_LATE -> producerBellMoved : false); BeginScan(LAST) };
    goto scan;

sleep:
    phase = FIRST;
#ifdef MUTANT_PRODUCER_BELL_READ_AFTER_LAST_SCAN
    d_step { true -> producerBellMoved = false };
#endif
    if
#if EVICTIONS > 0
    /* evict: a Block lane takes too long. evict_store, evict_signal, evict_wake */
    :: d_step { evictionsLeft > 0 && memory[STATE(0)] == ACTIVE ->
        evictionsLeft--;
        STORE(PRODUCER, PRODUCER_WAITING, false);
        STORE(PRODUCER, EVICTED(0), memory[INCARNATION(0)]) };
       d_step { FENCE(PRODUCER) -> SignalMoves() };
       d_step { WakeConsumers(); BeginScan(DROPPED) };
       goto scan
#endif
    /* sleep_producer: the kernel compares and puts to sleep in one step. */
    :: d_step { producerBellMoved -> skip }
    :: d_step { !producerBellMoved -> producerAsleep = true };
       if
       :: !producerAsleep
       :: d_step { producerAsleep && producerSlice -> producerSlice = false; producerAsleep = false }
       :: timeout ->
            /* Nobody can do anything any more. That is allowed only if a stopped Block lane keeps every buffer. */
            d_step {
                assert(stopped[0] && !LOSSY(0));
                BeginScan(LAST);
                do
                :: lane < LANES ->
                    if
                    :: locked[lane] && memory[STATE(lane)] == ACTIVE -> LoadLane(); LoadHeld(); JudgePosition()
                    :: else
                    fi;
                    lane++
                :: else -> break
                od;
                assert(hard == ALL_BUFFERS);
                soft = 0; hard = 0; lane = 0
            };
            goto settle     /* the application gives up and closes the pool */
       fi
    OR_PRODUCER_DIES
    fi;

stop_waiting:
    /* sleep_over */
    STORE(PRODUCER, PRODUCER_WAITING, false);
    goto pull;

finish:
    if
    :: goto close       /* at once: nobody may miss the last frame */
    :: goto settle      /* or when nobody can do anything any more: then nobody may have slept through a frame */
    fi;

settle:
    timeout ->
        d_step {
            lane = 0;
            do
            :: lane < LANES ->
                assert(!asleep[lane] || MAX(memory[CURSOR(lane)], memory[FLOOR(lane)]) == lastCommitted + 1);
                assert(!asleep[lane] || memory[HELD(lane)] == 0);
                lane++
            :: else -> break
            od;
            lane = 0
        };

close:
    STORE(PRODUCER, CLOSED, true);                  /* close_state */
    d_step { FENCE(PRODUCER) -> SignalMoves() };    /* close_signal */
    d_step { WakeConsumers() };                     /* close_wake */

    /* Everybody left, died or is stopped: after one more look at the locks every lane of the first two kinds is free,
     * so every buffer outside the history is. */
    (gone[0] || stopped[0]) && (gone[LANES - 1] || stopped[LANES - 1]);
    d_step {
        lane = 0;
        do
        :: lane < LANES ->
            if :: !locked[lane] && memory[STATE(lane)] == ACTIVE -> memory[STATE(lane)] = FREE :: else fi;
            assert(memory[STATE(lane)] == FREE || stopped[lane]);
            assert(leased[lane] == 0 || stopped[lane]);
            lane++
        :: else -> break
        od
    }
}

init {
    atomic {
        run Producer();
        run Consumer(0);
#if LANES > 1
        run Consumer(1);
#endif
    }
}
