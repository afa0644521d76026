package io.wadi.ingest.send;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.RequestException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class IdempotentEventsTest {
    private static final Event NOT_YET = Event.of("not yet".getBytes(UTF_8));
    private static final Event ABORT_REASON = Event.of("cut".getBytes(UTF_8));

    @Test
    void singleEvent_hasTheKeyAsItsId() {
        assertThat(ids(read("k", event()))).containsExactly("~shop~k");
        assertThat(ids(read("k", NOT_YET, event(), NOT_YET))).containsExactly("~shop~k");
    }

    @Test
    void severalEvents_haveTheKeyAndTheirIndexAsId() {
        assertThat(ids(read("k", event(), event(), event()))).containsExactly("~shop~k-0", "~shop~k-1", "~shop~k-2");
        assertThat(ids(read("k", NOT_YET, event(), NOT_YET, NOT_YET, event(), NOT_YET, event(), NOT_YET)))
                .containsExactly("~shop~k-0", "~shop~k-1", "~shop~k-2");
    }

    @Test
    void emptyBody_hasNoEvents() {
        assertThat(read("k")).isEmpty();
    }

    @Test
    void truncatedBody_failsAfterItsEvents_whichHaveAnIndex() {
        List<Event> events = new ArrayList<>();
        IdempotentEvents source = new IdempotentEvents(new Played(event(), ABORT_REASON), "k", new SenderIds("shop"));

        assertThatThrownBy(() -> readAll(source, events)).isInstanceOf(RequestException.class);
        assertThat(ids(events)).containsExactly("~shop~k-0");
        assertThat(source.ended()).isTrue();
        assertThat(source.next()).isNull();
    }

    private static Event event() {
        return Event.of("{}".getBytes(UTF_8));
    }

    private static List<Event> read(String key, Event... events) {
        List<Event> read = new ArrayList<>();
        IdempotentEvents source = new IdempotentEvents(new Played(events), key, new SenderIds("shop"));
        readAll(source, read);
        assertThat(source.next()).isNull();
        return read;
    }

    private static void readAll(EventSource source, List<Event> into) {
        for (int i = 0; i < 100 && !source.ended(); i++) {
            Event event = source.next();
            if (event != null) {
                into.add(event);
            }
        }
        assertThat(source.ended()).isTrue();
    }

    private static List<String> ids(List<Event> events) {
        List<String> ids = new ArrayList<>();
        for (Event event : events) {
            assertThat(event.headers()).hasSize(1);
            Header header = event.headers().get(0);
            assertThat(header.key()).isEqualTo("wadi-id");
            ids.add(new String(header.value(), UTF_8));
        }
        return ids;
    }

    /** Returns these one after the other, and detects its end only with the next call. */
    private static final class Played implements EventSource {
        private final Queue<Event> events;
        private boolean ended;

        Played(Event... events) {
            this.events = new ArrayDeque<>(Arrays.asList(events));
        }

        @Override
        public Event next() {
            Event event = events.poll();
            if (ABORT_REASON.equals(event)) {
                ended = true;
                throw RequestException.invalid("cut");
            }
            ended |= event == null;
            return NOT_YET.equals(event) ? null : event;
        }

        @Override
        public boolean ended() {
            return ended;
        }

        @Override
        public void onReadable(Runnable listener) {
            // The reader calls again.
        }
    }
}
