package io.wadi.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The URL of the registry has no part that requests to the registry do not contain. */
class SchemaRegistrySettingsTest {
    private static final Function<String, String> PARSER = SchemaRegistrySettings.URL.parser();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://registry",
                "https://registry-1.example:8081",
                "http://10.0.0.1:8081/",
                "https://[2001:db8::1]:8081/apis/ccompat/v7"
            })
    void url_isAccepted(String url) {
        assertThat(PARSER.apply(url)).isEqualTo(url);
    }

    /** The HTTP client ignores user and password of a URL, and the path of a request is appended to it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry:8081",
                "ftp://registry",
                "http://",
                "http:///subjects",
                "http://user:secret@registry:8081",
                "http://registry:8081/?normalize=true",
                "http://registry:8081#subjects",
                "http://registry:port",
                "http://{registry}"
            })
    void urlThatIsNotUsedCompletely_isRejected(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> PARSER.apply(url));
    }
}
