package io.wadi.ingest.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.networknt.schema.format.Format;
import io.wadi.ingest.event.Problem;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FormatsTest {
    /** The formats of draft 2020-12. */
    private static final Set<String> DRAFT = Set.of(
            "date",
            "date-time",
            "duration",
            "email",
            "hostname",
            "idn-email",
            "idn-hostname",
            "ipv4",
            "ipv6",
            "iri",
            "iri-reference",
            "json-pointer",
            "regex",
            "relative-json-pointer",
            "time",
            "uri",
            "uri-reference",
            "uri-template",
            "uuid");

    private static EventSchema streamed(String format) {
        EventSchema schema = EventSchema.compile("{\"format\": \"" + format + "\"}", true);
        assertThat(schema.treeReason()).isEmpty();
        return schema;
    }

    private static EventSchema tree(String format) {
        EventSchema schema = EventSchema.compile("{\"anyOf\": [{\"format\": \"%s\"}]}".formatted(format), true);
        assertThat(schema.treeReason()).isPresent();
        return schema;
    }

    private static Problem check(EventSchema schema, String text) {
        return SchemaChecks.check(schema, "\"" + text + "\"");
    }

    /** Texts on which the library's patterns recurse until the stack overflows. */
    @ParameterizedTest
    @CsvSource({"json-pointer, /a, ''", "hostname, a., a", "relative-json-pointer, 0/a, /a", "uri-template, '{a}', ''"})
    void check_longText_doesNotMatchTheFormat(String format, String repeated, String end) {
        String text = repeated.repeat(200_000) + end;

        assertThat(check(streamed(format), text)).isEqualTo(new Problem("", "does not match the format " + format));
        assertThat(check(tree(format), text)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "json-pointer, /, 320",
        "regex, a, 320",
        "uri, http://h/, 2048",
        "uri-reference, /, 2048",
        "uri-template, a, 320",
        "iri, http://h/, 2048",
        "iri-reference, /, 2048"
    })
    void check_length_isLimited(String format, String start, int max) {
        String longest = start + "a".repeat(max - start.length());

        assertThat(check(tree(format), longest)).isNull();
        assertThat(check(tree(format), longest + "a")).isNotNull();
        if (!format.equals("regex")) {
            assertThat(check(streamed(format), longest)).isNull();
            assertThat(check(streamed(format), longest + "a")).isNotNull();
        }
    }

    @Test
    void check_formatsOutsideTheDraft_areAnnotations() {
        for (String format : new String[] {"style", "color", "phone", "alpha", "alphanumeric", "ip-address"}) {
            assertThat(check(streamed(format), " ")).as(format).isNull();
            assertThat(check(tree(format), " ")).as(format).isNull();
        }
    }

    @Test
    void formats_areThoseOfTheDraft() {
        Set<String> names = new TreeSet<>();
        Formats.draft().forEach(format -> names.add(format.getName()));

        assertThat(names).containsExactlyInAnyOrderElementsOf(DRAFT);
    }

    @Test
    void matches_checkThatExhaustsTheStack_fails() {
        Format hostname = com.networknt.schema.format.Formats.DEFAULT.stream()
                .filter(format -> format.getName().equals("hostname"))
                .findFirst()
                .orElseThrow();
        BoundedFormat format = new BoundedFormat(hostname, 400_001);

        assertThatExceptionOfType(CheckLimitException.class)
                .isThrownBy(() -> format.matches(null, null, "a.".repeat(200_000) + "a"))
                .withMessage("checking its format hostname takes too many steps");
        assertThat(format.matches(null, null, "a.".repeat(200_001))).isFalse();
    }
}
