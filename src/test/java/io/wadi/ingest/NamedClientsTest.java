package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsReader;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.watch.Watcher;
import io.wadi.testing.Warnings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NamedClientsTest {
    private static final Topics TOPICS = Topics.parse("""
            topics:
              - {name: internal, partitions: 1}
              - {name: open, partitions: 1, ingest: {keys: [anyone]}}
              - {name: orders, partitions: 1, ingest: {keys: [shop, shopp, "token:vera"]}}
            """);
    private static final String SHOP =
            "  - {name: shop, sha256: [\"%s\"], topics: [orders]}%n".formatted("0".repeat(64));
    private static final ApiKeys KEYS = ApiKeys.parse(("keys:\n" + SHOP).getBytes(UTF_8));

    @Test
    void nameWithoutAKey_isUnknown() {
        assertThat(new NamedClients(TOPICS, "keys.yaml", true).unknown(KEYS))
                .containsExactly(
                        "topics.yaml: orders: ingest.keys names shopp, which permits no client: keys.yaml has no key of this name; did you mean shop?");
    }

    @Test
    void unknownNames_areLogged_atTheStart_andAfterAChangeOfTheKeys(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("keys.yaml"), "keys:\n" + SHOP + SHOP.replace("shop", "shopp"));
        try (CamelContext camel = new DefaultCamelContext();
                Watcher watcher = new Watcher("wadi-reload");
                Warnings warnings = new Warnings(IngestAdmission.class.getName())) {
            Settings settings = SettingsReader.read(
                    (PropertiesComponent) camel.getPropertiesComponent(),
                    Stream.concat(WadiSettings.ALL.stream(), IngestSettings.ALL.stream())
                            .toList(),
                    Map.of("wadi.ingest.keys-file", file.toString(), "wadi.ingest.reload-interval", "1s"));
            new IngestAdmission(settings, TOPICS, watcher, new SimpleMeterRegistry()).admission();
            assertThat(warnings.take()).singleElement().asString().contains(" names token:vera, ");

            Files.writeString(file, "keys:\n" + SHOP);

            await().untilAsserted(() -> assertThat(warnings.lines())
                    .hasSize(2)
                    .element(0)
                    .asString()
                    .contains(" names shopp, ", file + " has no key of this name; did you mean shop?"));
        }
    }

    @Test
    void keyWithoutTheTopic_isUnknown() {
        ApiKeys others = ApiKeys.parse(("keys:\n" + SHOP.replace("[orders]", "[metric.*]")).getBytes(UTF_8));

        assertThat(new NamedClients(TOPICS, "keys.yaml", true).unknown(others))
                .element(0)
                .isEqualTo(
                        "topics.yaml: orders: ingest.keys names shop, which permits no client: the topics of this key in keys.yaml do not include orders");
    }

    @Test
    void nameThatCannotBeConfigured_isUnknown() {
        assertThat(new NamedClients(TOPICS, "keys.yaml", false).unknown(KEYS))
                .element(1)
                .isEqualTo(
                        "topics.yaml: orders: ingest.keys names token:vera, which permits no client: no tokens are configured; set wadi.ingest.jwt-jwks");
        assertThat(new NamedClients(TOPICS, "", true).unknown(ApiKeys.NONE))
                .hasSize(2)
                .allMatch(message -> message.endsWith(": no keys are configured; set wadi.ingest.keys-file"));
    }
}
