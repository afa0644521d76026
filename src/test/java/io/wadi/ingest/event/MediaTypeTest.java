package io.wadi.ingest.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MediaTypeTest {
    @ParameterizedTest
    @CsvSource(nullValues = "none", quoteCharacter = '|', textBlock = """
            none,                                          ||,                   true,  false
            ||,                                            ||,                   true,  false
            json,                                          ||,                   true,  false
            text/plain,                                    text/plain,           true,  false
            Application/JSON ; Charset=UTF-8,              application/json,     true,  true
            application/json;charset="utf-8",              application/json,     true,  true
            application/json;charset=utf-16,               application/json,     false, true
            text/plain;format=flowed;charset=latin1,       text/plain,           false, false
            application/problem+json,                      application/problem+json, true, true
            application/jsonl,                             application/jsonl,    true,  false
            """)
    void parse_returnsNameAndEncoding(String header, String name, boolean utf8, boolean json) {
        MediaType type = MediaType.parse(header);

        assertThat(type.name()).isEqualTo(name);
        assertThat(type.isUtf8()).isEqualTo(utf8);
        assertThat(type.isJson()).isEqualTo(json);
    }
}
