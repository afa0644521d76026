package io.wadi.ingest.cloudevents;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HeaderValueTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            plain                       | plain
            Euro%20%E2%82%AC%20%F0%9F%98%80 | Euro € 😀
            %e2%82%ac                   | €
            a%2525b                     | a%25b
            100% of %zz, %4             | 100% of %zz, %4
            "quoted \\" and \\\\ %20"   | ~quoted " and \\  ~
            ""                          | ~~
            "                           | "
            """)
    void value_isUnquotedThenDecodedOnce(String header, String value) {
        assertThat(HeaderValue.decode(header)).contains(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%C0%A0", "%E2%82", "%ED%A0%80", "%FF", "%F5%80%80%80", "caf\u00E9", "\u20AC"})
    void value_thatIsNotUtf8_isRejected(String header) {
        assertThat(HeaderValue.decode(header)).isEmpty();
    }

    @Property
    void value_isDecodedAsEncoded(@ForAll String random) {
        String value = new String(random.getBytes(UTF_8), UTF_8); // without halves of surrogate pairs
        StringBuilder encoded = new StringBuilder();
        for (byte each : value.getBytes(UTF_8)) {
            boolean plain = each > 0x20 && each < 0x7F && each != '"' && each != '%';
            encoded.append(
                    plain
                            ? String.valueOf((char) each)
                            : "%%%02x".formatted(each).toUpperCase(Locale.ROOT));
        }

        assertThat(HeaderValue.decode(encoded.toString())).contains(value);
    }

    @Property
    void value_inUnencodedQuotes_isReadAsItsBytes(@ForAll String random) {
        String value = new String(random.getBytes(UTF_8), UTF_8).replaceAll("[%\"]", "");
        String bytes = new String(value.getBytes(UTF_8), ISO_8859_1);

        assertThat(HeaderValue.decode("\"" + bytes.replace("\\", "\\\\") + "\""))
                .contains(value);
    }
}
