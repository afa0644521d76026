package io.wadi.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.runtime.Features;
import io.wadi.testing.UnreadableDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownVariablesTest {
    @TempDir
    private Path directory;

    private UnknownVariables unknown(String... names) {
        return unknown(Stream.of(names).collect(Collectors.toMap(each -> each, each -> "x")));
    }

    private UnknownVariables unknown(Map<String, String> environment) {
        return UnknownVariables.of(
                environment,
                Features.settings(),
                Optional.of(directory),
                Optional.of(directory.resolve("mirror.properties")));
    }

    @ParameterizedTest
    @CsvSource({
        "WADI_HTTP_PROT, WADI_HTTP_PORT",
        "WADI_MANAGEMENT_MASKED_FIELD, WADI_MANAGEMENT_MASKED_FIELDS",
        "WADI_METRICS_EXACTLY_ONC, WADI_METRICS_EXACTLY_ONCE",
        "WADI_INGEST_KEYS_FIEL, WADI_INGEST_KEYS_FILE",
        "WADI_STOP_PAWS, ",
        "WADI_MIRROR_MAX_LGA, WADI_MIRROR_MAX_LAG"
    })
    void misspelledSetting_isAMistake(String name, String near) {
        UnknownVariables unknown = unknown(name, "WADI_HTTP_HOST", "PATH");

        if (near == null) {
            assertThat(unknown.mistakes()).isEmpty();
            assertThat(unknown.others()).singleElement().asString().startsWith(name + " in the environment: there is");
        } else {
            assertThat(unknown.mistakes())
                    .containsExactly(
                            name + " in the environment: there is no such setting; did you mean " + near + "?");
            assertThat(unknown.others()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WADI_SHOP_PASSWORD",
                "WADI_KAFKA_BROKERS_2",
                "WADI_KAFKA2_BROKERS",
                "WADI_KAFKA_2_BROKERS",
                "WADI_DATABASE_URL2",
                "WADI_DATABASE2_URL",
                "WADI_HTTP_IDLE"
            })
    void otherName_isReportedWithoutAMistake(String name) {
        UnknownVariables unknown = unknown(name);

        assertThat(unknown.mistakes()).isEmpty();
        assertThat(unknown.others()).singleElement().asString().startsWith(name + " in the environment: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WADI_MIRROR_A",
                "WADI_MIRROR_B",
                "WADI_MIRROR_WEST",
                "WADI_BENCH_JAVA",
                "WADI_INGEST_SERVICE_HOST",
                "WADI_INGEST_SERVICE_PORT",
                "WADI_INGEST_SERVICE_PORT_HTTP",
                "WADI_INGEST_PORT_8080_TCP",
                "WADI_INGEST_PORT_8080_TCP_ADDR",
                "WADI_SERVICE_HOST",
                "wadi_http_prot"
            })
    void nameOfAnotherProgram_isIgnored(String name) {
        assertThat(unknown(name)).isEqualTo(unknown());
    }

    @Test
    void addressOfAService_isIgnored() {
        assertThat(unknown(Map.of("WADI_INGEST_PORT", "tcp://10.0.0.1:8080"))).isEqualTo(unknown());
        assertThat(unknown(Map.of("WADI_INGEST_PORT", "8080")).others()).hasSize(1);
    }

    @Test
    void nameInTheMirrorFile_isIgnored() throws Exception {
        Files.writeString(
                directory.resolve("mirror.properties"),
                "B.bootstrap.servers = ${env:WADI_KAFKA_BROKERS_B2}, ${env:WADI_KAFKA_BROKRES}\n");

        assertThat(unknown("WADI_KAFKA_BROKERS_B2", "WADI_KAFKA_BROKRES")).isEqualTo(unknown());
        assertThat(unknown("WADI_KAFKA_BROKERZ").mistakes()).hasSize(1);
    }

    @Test
    void nameInAPlaceholder_isIgnored() throws Exception {
        Files.writeString(
                directory.resolve("application.properties"),
                "camel.component.kafka.ssl-key-password={{env:WADI_KEY_PASSWORD}}\nwadi.landing.topics=a\n");
        Files.writeString(
                Files.createDirectory(directory.resolve("routes")).resolve("own.camel.yaml"),
                "- route: {from: {uri: \"{{wadi-own.input}}\", steps: [{log: \"${sysenv.WADI_OWN_TEXT}\"}]}}\n");

        assertThat(unknown("WADI_KEY_PASSWORD", "WADI_OWN_INPUT", "WADI_OWN_TEXT"))
                .isEqualTo(unknown());
        assertThat(unknown("WADI_LANDING_TOPIC").mistakes()).hasSize(1);
    }

    @Test
    void routesThatAreOpenedButCannotBeRead_areReported() throws Exception {
        try (UnreadableDirectory unreadable = new UnreadableDirectory()) {
            Path routes = Files.createSymbolicLink(directory.resolve("routes"), unreadable.path());

            assertThatExceptionOfType(SettingsException.class)
                    .isThrownBy(() -> unknown("WADI_SHOP_PASSWORD"))
                    .withMessageStartingWith(routes + " cannot be read: ");
        }
    }
}
