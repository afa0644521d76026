package io.wadi.indexing.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options of the connection that are rejected at start. */
class ElasticsearchConnectionTest {
    private static ElasticsearchConnection connection(String host, String caFile) {
        return new ElasticsearchConnection(
                new ElasticsearchOptions(List.of(host), "", "", "", caFile, Duration.ofSeconds(10)));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:x, localhost:x",
        "localhost:92000, localhost:92000",
        "https://es.example.org/prefix, https://es.example.org/prefix",
        "https://es.example.org:9200/, https://es.example.org:9200/",
        "ftp://es:9200, ftp://es:9200",
        "https://elastic:secret@es:9200, …@es:9200",
        "elastic:secret@es, …@es",
        "elastic:se@cret@es:9200, …@es:9200"
    })
    void hostWithAUserOrAPath_isRejected_withoutThePassword(String host, String shown) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection(host, ""))
                .withMessage(
                        "invalid value '%s' for wadi.elasticsearch.hosts: expected host:port or https://host:port, without"
                                + " a user or a path",
                        shown)
                .withNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9200", "http://localhost:9200", "HTTPS://es.example.org", "[::1]:9200"})
    void hostWithOrWithoutAProtocol_isAccepted(String host) {
        assertThat(connection(host, "").url()).isNotEmpty();
    }

    @Test
    void invalidCertificates_areRejected(@TempDir Path directory) throws Exception {
        Path empty = Files.write(directory.resolve("empty.pem"), "nothing".getBytes(UTF_8));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection("https://localhost", empty.toString()))
                .withMessageStartingWith(
                        "wadi.elasticsearch.ca-file: " + empty + " cannot be read as PEM certificates: ");
    }

    /** A host without a protocol is requested over HTTP, so the password would be sent unencrypted. */
    @Test
    void certificatesWithoutTls_areRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection("localhost:9200", "ca.pem"))
                .withMessage("wadi.elasticsearch.ca-file has no effect, since wadi.elasticsearch.hosts has no"
                        + " https://host:port: add https://, or remove wadi.elasticsearch.ca-file");
    }

    @Test
    void userAndApiKey_areRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ElasticsearchOptions(List.of("a"), "u", "p", "k", "", Duration.ZERO))
                .withMessage("wadi.elasticsearch.user and wadi.elasticsearch.api-key are both set: expected only one");
    }
}
