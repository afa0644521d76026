package io.wadi.ingest.send;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.json.BodyEvents;
import io.wadi.ingest.json.BodyFormat;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.json.JsonEvents;
import io.wadi.ingest.limits.LimitedLease;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdempotentEventsTest {
    private static final Event NOT_YET = Event.of("not yet".getBytes(UTF_8));
    private static final Event ABORT_REASON = Event.of("cut".getBytes(UTF_8));

    private final RequestException reason = RequestException.invalid("cut");

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

    /** The id of the first event depends on whether there is a second one. */
    @Test
    void bodyThatFailsBeforeItsSecondEvent_hasNoEvents() {
        assertThat(idsUntilFailure(event())).isEmpty();
        assertThat(idsUntilFailure(NOT_YET, event(), NOT_YET)).isEmpty();
    }

    /** The client sends the whole body again, which must lead to the same ids. */
    @Test
    void bodyThatFails_hasOnlyIdsOfTheWholeBody() {
        List<String> whole = ids(read("k", event(), event(), event()));

        assertThat(idsUntilFailure()).isEmpty();
        assertThat(idsUntilFailure(event(), event())).isEqualTo(whole.subList(0, 2));
        assertThat(idsUntilFailure(event(), NOT_YET, event(), NOT_YET)).isEqualTo(whole.subList(0, 2));
        assertThat(idsUntilFailure(event(), event(), event())).isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "application/json; [{\"a\":1}]",
                "application/json; [{\"a\":1}, {\"a\":2}, {\"a\":3}]",
                "application/x-ndjson; {\"a\":1}",
                "application/x-ndjson; {\"a\":1}|{\"a\":2}|{\"a\":3}"
            })
    void anyPrefixOfABody_hasOnlyIdsOfTheWholeBody(String type, String text) {
        byte[] body = (text.replace('|', '\n') + '\n').getBytes(UTF_8);
        List<Event> all = new ArrayList<>();
        readAll(new IdempotentEvents(body(type, body, null), "k", new SenderIds("shop")), all);
        List<String> whole = ids(all);

        assertThat(whole).hasSize(text.split("\"a\"").length - 1);
        for (int length = 0; length <= body.length; length++) {
            List<String> ids = idsUntilFailure(body(type, Arrays.copyOf(body, length), reason));
            assertThat(ids).as("%d bytes of %s", length, text).isEqualTo(whole.subList(0, ids.size()));
        }
    }

    /** Returns a body that arrives at once and ends, or fails with this reason. */
    private static BodyEvents body(String type, byte[] bytes, RequestException failure) {
        BodyEvents[] body = new BodyEvents[1];
        body[0] = new BodyEvents(
                BodyFormat.of(type),
                "",
                new BodyLimits(1000, 100, 1000, 1000),
                new JsonEvents(),
                EventCheck.NONE,
                new LimitedLease(Long.MAX_VALUE),
                () -> {
                    if (failure == null) {
                        body[0].end();
                    } else {
                        body[0].fail(failure);
                    }
                });
        body[0].push(ByteBuffer.wrap(bytes));
        return body[0];
    }

    private List<String> idsUntilFailure(Event... events) {
        Event[] played = Arrays.copyOf(events, events.length + 1);
        played[events.length] = ABORT_REASON;
        return idsUntilFailure(new EventList(played));
    }

    private List<String> idsUntilFailure(EventSource body) {
        IdempotentEvents source = new IdempotentEvents(body, "k", new SenderIds("shop"));
        List<Event> read = new ArrayList<>();

        assertThatThrownBy(() -> readAll(source, read)).isSameAs(reason);
        assertThat(source.ended()).isTrue();
        assertThat(source.next()).isNull();
        return ids(read);
    }

    private static Event event() {
        return Event.of("{}".getBytes(UTF_8));
    }

    private List<Event> read(String key, Event... events) {
        List<Event> read = new ArrayList<>();
        IdempotentEvents source = new IdempotentEvents(new EventList(events), key, new SenderIds("shop"));
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

    /**
     * A source that returns these events one after the other, and detects its end only with the call after the last.
     */
    private final class EventList implements EventSource {
        private final Queue<Event> events;
        private boolean ended;

        EventList(Event... events) {
            this.events = new ArrayDeque<>(Arrays.asList(events));
        }

        @Override
        public Event next() {
            Event event = events.poll();
            if (ABORT_REASON.equals(event)) {
                ended = true;
                throw reason;
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
            // The test calls again.
        }
    }
}
