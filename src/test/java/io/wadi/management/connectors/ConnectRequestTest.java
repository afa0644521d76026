package io.wadi.management.connectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bodies of requests that change connectors. */
final class ConnectRequestTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "\"x\"", "null", "{} {}", "{\"a\":1,\"a\":2}", "{\"a\":NaN}"})
    void bodyThatIsNotAnObject_isInvalid(String body) {
        assertThatThrownBy(() -> ConnectRequest.parse(body.getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        ConnectException.class, e -> assertThat(e.status()).isEqualTo(400))
                .hasMessageStartingWith("The body is invalid: ");
    }

    @Test
    void config_acceptsScalarsOnly() throws Exception {
        assertThat(ConnectRequest.config(JSON.readTree("{\"a\":1,\"b\":true,\"c\":null,\"d\":\"x\"}")))
                .isEqualTo(Map.of("a", "1", "b", "true", "d", "x"));
        for (String nested : List.of("{\"a\":{}}", "{\"a\":[\"x\"]}")) {
            JsonNode config = JSON.readTree(nested);
            assertThatThrownBy(() -> ConnectRequest.config(config)).hasMessageContaining("expected strings only");
        }
    }
}
