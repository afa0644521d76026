package io.wadi.ingest.send;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.JsonRules;
import io.wadi.kafka.topics.Topics;
import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdsTest {
    private static final SenderIds SHOP = new SenderIds("shop");

    private static EventIds ids(String deduplicate) {
        return new EventIds(
                Topics.parse("topics: [{name: t, partitions: 1, ingest: {over: [events]}, %s}]".formatted(deduplicate))
                        .find("t")
                        .orElseThrow(),
                SHOP);
    }

    private static final EventIds BY_POINTER = ids("deduplicate: {within: 1h, id: /order/id}");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"order":{"id":"a17"}}                        | ~shop~a17
            {"order":{"id":17}}                           | ~shop~17
            {"order":{"n":[1,{"id":2}],"id":"b"},"id":1}  | ~shop~b
            {"x":{"id":3},"order":{"id":"\\u00e9"}}       | ~shop~é
            {"order":{"id":"\\ud83d\\ude00"}}             | ~shop~😀
            """)
    void idAtThePointer_isTheEventsId(String event, String id) {
        assertThat(idsOf(BY_POINTER.identify(event(event)))).containsExactly(id);
    }

    @Test
    void idAfterALongName_isTheEventsId() {
        String event = "{\"" + "n".repeat(50_000) + "\":1,\"order\":{\"id\":\"a\"}}";

        assertThat(idsOf(BY_POINTER.identify(event(event)))).containsExactly("~shop~a");
    }

    /** One parser reads them all. */
    @Test
    void idsAfterEventsWithOtherNames_andAfterInvalidOnes_areRead() {
        for (int i = 0; i < 5_000; i++) {
            String id = Integer.toString(i);
            String name = "name" + i;
            assertThat(idsOf(BY_POINTER.identify(
                            event("{\"%s\":{\"%s\":[1,{\"id\":2}]},\"order\":{\"id\":\"%s\",\"%s\":1}}"
                                    .formatted(name, name, id, name)))))
                    .containsExactly("~shop~" + id);
            assertThat(BY_POINTER
                            .identifyInvalid(event("{\"order\":{\"x\":[{\"" + name))
                            .headers())
                    .isEmpty();
        }
    }

    @Test
    void idAtThePointer_replacesTheRequestsId() {
        Event sent = event("{\"order\":{\"id\":1}}").with(SHOP.header("request"));

        assertThat(idsOf(BY_POINTER.identify(sent))).containsExactly("~shop~1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"order\":{}}",
                "{\"order\":[1]}",
                "{\"order\":{\"id\":null}}",
                "[]",
                "7",
                "no JSON",
                "{\"order\":"
            })
    void withoutAnIdAtThePointer_theRequestsIdIsUsed_orTheEventIsRejected(String event) {
        assertThat(idsOf(BY_POINTER.identify(event(event).with(SHOP.header("request")))))
                .containsExactly("~shop~request");
        assertThatThrownBy(() -> BY_POINTER.identify(event(event)))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessage(
                        "the event has no id; send /order/id in the event, the header Idempotency-Key, or a CloudEvent");
        assertThat(BY_POINTER.identifyInvalid(event(event)).headers()).isEmpty();
        assertThat(ids("deduplicate: {within: 1h, without-id: pass}")
                        .identify(event(event))
                        .headers())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            true | a boolean
            1.5  | a fraction
            {}   | an object
            [1]  | an array""")
    void idThatIsNotTextOrAWholeNumber_isRejected(String id, String found) {
        assertThatThrownBy(() -> BY_POINTER.identify(event("{\"order\":{\"id\":" + id + "}}")))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessage("/order/id: found %s, expected an id that is a string or a whole number", found);
    }

    @Test
    void idLength_isLimitedInBytes() {
        String longest = "é".repeat(250);
        assertThat(idsOf(BY_POINTER.identify(event("{\"order\":{\"id\":\"" + longest + "\"}}"))))
                .hasSize(1);

        for (String id : List.of("", longest + "x")) {
            Event event = event("{\"order\":{\"id\":\"" + id + "\"}}");
            assertThatThrownBy(() -> BY_POINTER.identify(event))
                    .isInstanceOf(InvalidRecordException.class)
                    .hasMessage(
                            "/order/id: found an id of %d bytes, expected 1 to 500 bytes", id.getBytes(UTF_8).length);
            assertThat(BY_POINTER.identifyInvalid(event).headers()).isEmpty();
        }
    }

    @Test
    void idThatIsTooLongToBeDecoded_isInvalid() {
        Event event = event("{\"order\":{\"id\":\"" + "x".repeat(JsonRules.MAX_TEXT + 1) + "\"}}");

        assertThatThrownBy(() -> BY_POINTER.identify(event))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessage(
                        "/order/id: found an id of more than %d characters, expected 1 to 500 bytes",
                        JsonRules.MAX_TEXT);
    }

    /** In UTF-8, each of these ids would be a question mark. */
    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\ud801", "\\udc00", "a\\ude00\\ud83d"})
    void idThatUtf8CannotEncode_isRejected(String id) {
        Event event = event("{\"order\":{\"id\":\"" + id + "\"}}");

        assertThatThrownBy(() -> BY_POINTER.identify(event))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessage("/order/id: found an id with an unpaired surrogate, which UTF-8 cannot encode");
        assertThat(BY_POINTER.identifyInvalid(event).headers()).isEmpty();
    }

    private static Event event(String value) {
        return Event.of(value.getBytes(UTF_8));
    }

    private static List<String> idsOf(Event event) {
        assertThat(event.headers()).extracting(Header::key).containsOnly("wadi-id");
        return event.headers().stream()
                .map(header -> new String(header.value(), UTF_8))
                .toList();
    }
}
