package io.wadi.ingest.send;

import io.wadi.ingest.event.Problem;
import io.wadi.kafka.Causes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * A compact report of the deliveries of a request's events: two bytes per event, and the offsets as runs. Ten million
 * events need 20 MB if no other client writes to their partitions. The reasons are kept for the first thousand rejected
 * events; later ones are only counted.
 *
 * <p>Acknowledgements may arrive in any order across partitions, but within a partition in the order of the events, as
 * the callbacks of one producer do; use {@link OrderedDelivery} otherwise. For a topic that gives no receipts, offsets
 * are not kept and any order is allowed. Not thread-safe.
 */
public final class ReceiptLog implements DeliveryReport {
    private static final int MAX_REASONS = 1000;
    private static final Problem REASON_NOT_KEPT =
            new Problem("", "rejected; the reasons are kept for the first %d events only".formatted(MAX_REASONS));
    private static final Problem NO_ANSWER = new Problem("", "not acknowledged");

    /** The memory of a partition without its offsets. */
    private static final int PLACE_BYTES = 160;

    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;
    /** The initial size of the first page: most requests have few events. */
    private static final int FIRST_PAGE = 4;

    /** The state of an event in two bytes: open, not accepted, or {@link #PLACES} plus the index of its partition. */
    private static final char OPEN = 0;

    private static final char FAILED = 1;
    private static final char PLACES = 2;
    /** A flag of a state: the event is sent as a dead letter. */
    private static final char INVALID = 0x8000;

    private final boolean durable;
    private final List<char[]> pages = new ArrayList<>(1);
    private final List<Place> places = new ArrayList<>(1);
    /** The partition of the last acknowledgement; usually also of the next one, since a batch is of one partition. */
    private Place latest;

    private final Map<Integer, Problem> reasons = new TreeMap<>();
    /** The location of the first event with the same id, for conflicting events with a reason that is kept. */
    private final Map<Integer, RecordMetadata> conflicting = new HashMap<>();

    private long reasonBytes;
    private int events;
    private int open;
    private int failed;
    private int invalid;
    private int conflicts;
    private boolean unavailable;

    /** A partition with acknowledged events and their offsets. */
    static final class Place {
        final TopicPartition partition;
        final OffsetRuns offsets = new OffsetRuns();
        private final char code;
        private int lastEvent = -1;

        Place(TopicPartition partition, char code) {
            this.partition = partition;
            this.code = code;
        }

        boolean isOf(RecordMetadata metadata) {
            return partition.partition() == metadata.partition()
                    && partition.topic().equals(metadata.topic());
        }
    }

    /** Creates an empty log; {@code durable} is whether the topic gives receipts. */
    ReceiptLog(boolean durable) {
        this.durable = durable;
    }

    /** Returns whether acknowledgements are receipts with partition and offset. */
    public boolean areDurable() {
        return durable;
    }

    @Override
    public int add() {
        if (events == 0) {
            pages.add(new char[FIRST_PAGE]);
        } else if (events < PAGE && events == pages.get(0).length) {
            pages.set(0, Arrays.copyOf(pages.get(0), PAGE));
        } else if (events >>> PAGE_BITS == pages.size()) {
            pages.add(new char[PAGE]);
        }
        open++;
        return events++;
    }

    @Override
    public int addInvalid(Problem problem) {
        int event = add();
        set(event, INVALID);
        invalid++;
        keep(event, problem);
        return event;
    }

    @Override
    public void acknowledged(int event, RecordMetadata metadata) {
        if (!durable) {
            set(event, (char) (PLACES | (close(event) & INVALID)));
            return;
        }
        Place place = latest;
        if (place == null || !place.isOf(metadata)) {
            place = place(metadata);
            latest = place;
        }
        if (event <= place.lastEvent) {
            throw new IllegalStateException(
                    "%s: event %d was acknowledged after event %d".formatted(place.partition, event, place.lastEvent));
        }
        char before = close(event);
        set(event, (char) (place.code | (before & INVALID)));
        place.lastEvent = event;
        place.offsets.add(metadata.offset());
    }

    /** Searches the few partitions of a request one by one, once for all events of a batch. */
    private Place place(RecordMetadata metadata) {
        for (Place each : places) {
            if (each.isOf(metadata)) {
                return each;
            }
        }
        return newPlace(new TopicPartition(metadata.topic(), metadata.partition()));
    }

    private Place newPlace(TopicPartition partition) {
        int code = PLACES + places.size();
        if (code >= INVALID) {
            throw new IllegalStateException("more than %d partitions".formatted(places.size()));
        }
        Place place = new Place(partition, (char) code);
        places.add(place);
        return place;
    }

    @Override
    public void rejected(int event, Problem problem) {
        fail(event);
        keep(event, problem);
    }

    @Override
    public void conflicting(int event, Problem problem, RecordMetadata first) {
        conflicts++;
        rejected(event, problem);
        if (reasons.containsKey(event)) {
            conflicting.put(event, first);
            reasonBytes += PLACE_BYTES;
        }
    }

    @Override
    public void notAcknowledged(int event, Exception reason) {
        unavailable = true;
        fail(event);
        if (reasons.size() < MAX_REASONS) {
            keep(event, new Problem("", "not acknowledged: " + Causes.inShort(reason)));
        }
    }

    private void fail(int event) {
        close(event);
        set(event, FAILED);
        Problem before = reasons.remove(event);
        if (before != null) {
            reasonBytes -= before.heldBytes();
        }
        failed++;
    }

    private char close(int event) {
        char before = code(event);
        if ((before & ~INVALID) != OPEN) {
            throw new IllegalStateException("event %d already has an outcome".formatted(event));
        }
        open--;
        return before;
    }

    private void keep(int event, Problem reason) {
        if (reasons.size() < MAX_REASONS) {
            reasons.put(event, reason);
            reasonBytes += reason.heldBytes();
        }
    }

    @Override
    public long bytes() {
        long bytes = (long) pages.size() * PAGE * Character.BYTES + reasonBytes;
        for (Place place : places) {
            bytes += PLACE_BYTES + place.offsets.bytes();
        }
        return bytes;
    }

    /** Returns the number of events. */
    public int events() {
        return events;
    }

    /** Returns the number of events without an outcome yet. */
    int open() {
        return open;
    }

    /** Returns the number of failed events. */
    public int failed() {
        return failed;
    }

    /** Returns the number of events that failed because another event has their id. */
    public int conflicts() {
        return conflicts;
    }

    /** Returns the number of events sent as dead letters. */
    public int invalid() {
        return invalid;
    }

    /** Returns whether at least one event was not acknowledged. */
    public boolean unavailable() {
        return unavailable;
    }

    private char code(int event) {
        return pages.get(event >>> PAGE_BITS)[event & (PAGE - 1)];
    }

    private void set(int event, char code) {
        pages.get(event >>> PAGE_BITS)[event & (PAGE - 1)] = code;
    }

    /**
     * Returns the response with a receipt or a reason for each event in order:
     * {@code {"error":…,"receipts":[{"topic":…, "partition":…,"offset":…},{"error":…,"pointer":…},…]}}. A dead letter
     * has its receipt and {@code "invalid":…}. An event without an outcome counts as not acknowledged. The log must not
     * change while the response is read.
     *
     * @param error why the body was not read to its end; null if it was
     */
    public Iterator<byte[]> complete(String error) {
        return new ReceiptResponse.Complete(this, error);
    }

    /**
     * Returns the response without the list: {@code
     * {"error":…,"events":…,"failed":…,"offsets":[{"topic":…,"partition":…,
     * "ranges":[[first,last],…]},…],"problems":[{"index":…,"error":…,"pointer":…},…]}}. Ranges are inclusive; problems
     * are those with a reason that is kept. If the topic gives no receipts, {@code "receipts":"none"} replaces the
     * offsets. In other respects like {@link #complete}.
     */
    public Iterator<byte[]> minimal(String error) {
        return new ReceiptResponse.Minimal(this, error);
    }

    /** Returns the partitions with acknowledged events. */
    List<Place> places() {
        return places;
    }

    /** Returns the index of an accepted event's partition in {@link #places}; negative for other events. */
    int placeOf(int event) {
        return (code(event) & ~INVALID) - PLACES;
    }

    /** Returns whether an event is sent as a dead letter. */
    boolean isInvalid(int event) {
        return (code(event) & INVALID) != 0;
    }

    /** Returns the events with a reason that is kept, in order. */
    Iterator<Integer> eventsWithReasons() {
        return reasons.keySet().iterator();
    }

    /** Returns why an event failed or is a dead letter. */
    Problem reason(int event) {
        Problem unknown = (code(event) & ~INVALID) == OPEN ? NO_ANSWER : REASON_NOT_KEPT;
        return reasons.getOrDefault(event, unknown);
    }

    /** Returns the location of the first event with the same id as a conflicting event; null for other events. */
    RecordMetadata firstWithSameId(int event) {
        return conflicting.get(event);
    }
}
