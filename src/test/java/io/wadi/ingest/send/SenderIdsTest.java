package io.wadi.ingest.send;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

final class SenderIdsTest {
    private static String id(String caller, String id) {
        Header header = new SenderIds(caller).header(id);
        assertThat(header.key()).isEqualTo("wadi-id");
        assertThat(header.value()).hasSizeLessThanOrEqualTo(512);
        return new String(header.value(), UTF_8);
    }

    @Test
    void header_containsTheCallerBeforeTheId() {
        assertThat(id("shop", "order-17")).isEqualTo("~shop~order-17");
        assertThat(id("token:alice", "1")).isEqualTo("~token:alice~1");
        assertThat(id(null, "events+0+17")).isEqualTo("~~events+0+17");
    }

    @Test
    void header_differsForEachCaller() {
        assertThat(id("token:a~b", "c")).isEqualTo("~token:a%7Eb~c").isNotEqualTo(id("token:a", "b~c"));
        assertThat(id("a%7Eb", "c")).isNotEqualTo(id("a~b", "c"));
        assertThat(id(null, "a~b")).isNotEqualTo(id("a", "b"));
        assertThat(id("#x", "y")).startsWith("~%23x~");
    }

    @Test
    void header_tooLongForElasticsearch_isHashed() {
        String longest = "x".repeat(512 - "~shop~".length());
        assertThat(id("shop", longest)).isEqualTo("~shop~" + longest);

        String hashed = id("shop", longest + "x");
        assertThat(hashed).matches("~#[A-Za-z0-9_-]{43}");
        assertThat(id("bank", longest + "x")).isNotEqualTo(hashed);
        assertThat(id("shop", longest + "y")).isNotEqualTo(hashed);
        assertThat(id("shop", longest + "x")).isEqualTo(hashed);
    }
}
