package io.wadi.ingest.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.RequestException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random bodies: the result is an event that another parser also reads as an object, or an error. */
final class BodyEventsRandomTest {
    private static final long SEED = 20_261_120;
    private static final int BODIES = 20_000;
    private static final List<String> TYPES = List.of("application/json", "application/x-ndjson", "text/plain");
    private static final ObjectMapper STRICT = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final List<String> SCALARS = List.of(
            "1",
            "-0.5e9",
            "true",
            "null",
            "NaN",
            "tru",
            "\"\"",
            "\"김😀\"",
            "\"\\u0041\\n } ] \\\" {\"",
            "\"\t\"",
            "'a'",
            "\uFEFF");
    private static final List<Charset> ENCODINGS =
            List.of(UTF_16, UTF_16BE, UTF_16LE, ISO_8859_1, Charset.forName("UTF-32BE"), Charset.forName("UTF-32LE"));
    private static final List<String> BETWEEN = List.of("", "", "", " ", "\n", "\r\n", "\t", ",", "\0");

    private final Random random = new Random(SEED);

    @Test
    void next_randomBytes_areEventsOrRejected() {
        int events = 0;
        for (int i = 0; i < BODIES; i++) {
            byte[] body = random.nextInt(4) == 0 ? bytes() : mutatedEvents();
            for (String type : TYPES) {
                events += parse(body, type);
            }
        }

        assertThat(events).as("events found, seed %d", SEED).isGreaterThan(BODIES);
    }

    private int parse(byte[] body, String type) {
        String what =
                "seed %d, %s, body %s".formatted(SEED, type, HexFormat.of().formatHex(body));
        int events = 0;
        try {
            for (Event parsed : Bodies.read(BodyFormat.of(type), body)) {
                assertThat(parsed.value()).as(what).isNotEmpty();
                if (parsed.problem() == null) {
                    assertThat(read(parsed.value(), what).isObject()).as(what).isTrue();
                    events++;
                }
            }
        } catch (RequestException refused) {
            assertThat(refused.getMessage()).as(what).isNotBlank();
        } catch (RuntimeException e) {
            fail(what, e);
        }
        return events;
    }

    private static JsonNode read(byte[] event, String what) {
        try {
            return STRICT.readTree(event);
        } catch (IOException e) {
            return fail(what, e);
        }
    }

    private byte[] bytes() {
        byte[] body = new byte[random.nextInt(40)];
        random.nextBytes(body);
        return body;
    }

    /**
     * Returns JSON objects, in an array or in lines, half of them with up to three changed bytes; random bytes alone
     * would never resemble an event.
     */
    private byte[] mutatedEvents() {
        StringBuilder text = new StringBuilder();
        boolean array = random.nextBoolean();
        text.append(array ? "[" : "");
        for (int i = random.nextInt(3); i >= 0; i--) {
            text.append(object(3)).append(i == 0 ? "" : array ? "," : "\n");
        }
        text.append(array ? "]" : "");
        byte[] body = text.toString().getBytes(random.nextInt(20) == 0 ? one(ENCODINGS) : UTF_8);
        for (int i = random.nextBoolean() ? random.nextInt(4) : 0; i > 0; i--) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        return body;
    }

    private String object(int depth) {
        StringBuilder object = new StringBuilder(one(BETWEEN.subList(0, 4))).append('{');
        for (int i = random.nextInt(3); i > 0; i--) {
            object.append('"').append((char) ('a' + random.nextInt(9))).append("\":");
            object.append(value(depth - 1)).append(i == 1 ? "" : ",");
        }
        return object.append('}')
                .append(random.nextInt(8) == 0 ? one(BETWEEN) : "")
                .toString();
    }

    private String value(int depth) {
        int kind = random.nextInt(depth > 0 ? 4 : 2);
        return switch (kind) {
            case 2 -> object(depth);
            case 3 -> "[" + value(depth - 1) + "]";
            default -> random.nextInt(4) == 0 ? one(SCALARS) : "1";
        };
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
