package io.wadi.extension.connectors.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransformsTest {
    private static final Instant TIME = Instant.parse("2026-11-22T07:00:00.123Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            rename a=b                     | {"a":1,"c":2}                   | {"b":1,"c":2}
            rename x=b                     | {"a":1}                         | {"a":1}
            drop a, c                      | {"a":1,"b":2,"c":3}             | {"b":2}
            mask a, b, c, d, e, x          | {"a":"s","b":7,"c":true,"d":null,"e":[1]} | {"a":"****","b":0,"c":false,"d":null,"e":null}
            mask a=none                    | {"a":"s"}                       | {"a":"none"}
            flatten                        | {"a":{"b":{"c":1},"d":[{}]}}    | {"a_b_c":1,"a_d":[{}]}
            flatten .                      | {"a":{"b":1},"c":2}             | {"a.b":1,"c":2}
            timestamp a=millis             | {"a":1763794800123}             | {"a":"2025-11-22T07:00:00.123Z"}
            timestamp a=seconds, b=seconds | {"a":0,"b":null}                | {"a":"1970-01-01T00:00:00Z","b":null}
            timestamp a=to-millis          | {"a":"2025-11-22T08:00:00.123+01:00"} | {"a":1763794800123}
            timestamp a=to-seconds         | {"a":"2025-11-22 07:00:00"}     | {"a":1763794800}
            timestamp a=record             | {}                              | {"a":"2026-11-22T07:00:00.123Z"}
            flatten; drop a_b; rename a_c=d | {"a":{"b":1,"c":2}}            | {"d":2}
            ``                             | {"a":1.10}                      | {"a":1.10}
            """)
    void record_isChanged(String transforms, String given, String expected) {
        Format json = Format.of("json", "");
        Fields fields = json.read(ByteBuffer.wrap(given.getBytes(UTF_8)));

        Transforms.of(transforms).apply(fields, TIME);

        assertThat(new String(json.write(fields), UTF_8)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            rename a=b         | {"a":1,"b":2}      | the field a cannot be named b: there is one
            flatten            | {"a":{"b":1},"a_b":2} | flattened, there are two fields a_b
            timestamp a=millis | {"a":"soon"}       | the field a is no time in millis: "soon"
            timestamp a=to-millis | {"a":"soon"}    | "soon" is not a time, expected one such as 2026-11-22T07:00:00.123Z
            """)
    void recordThatCannotBeChanged_isRefused(String transforms, String given, String message) {
        Fields fields = Format.of("json", "").read(ByteBuffer.wrap(given.getBytes(UTF_8)));

        assertThatThrownBy(() -> Transforms.of(transforms).apply(fields, TIME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            renam a=b       | there is no transform renam; did you mean rename?; allowed: drop, flatten, mask, rename, timestamp
            rename a        | "rename a" is no transform, allowed is such as "rename old=new"
            drop            | "drop" is no transform, allowed is such as "drop a, b"
            timestamp a=now | "timestamp a=now": there is no now; allowed: name=millis, name=record, name=seconds, name=to-millis, name=to-seconds
            """)
    void textThatIsNone_isRefused(String transforms, String message) {
        assertThatThrownBy(() -> Transforms.of(transforms))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
