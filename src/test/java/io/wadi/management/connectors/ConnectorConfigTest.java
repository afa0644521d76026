package io.wadi.management.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

final class ConnectorConfigTest {
    private static Map<String, String> of(String uri) throws Exception {
        try (CamelContext context = new DefaultCamelContext()) {
            return ConnectorConfig.of(context.getEndpoint(uri));
        }
    }

    @Test
    void options_areShown_withoutSecrets() throws Exception {
        Map<String, String> config = of("kafka:orders?groupId=g&pollTimeoutMs=500"
                + "&saslJaasConfig=RAW(module required username=\"u\" password=\"tell-nobody\";)"
                + "&sslKeystorePassword=tell-nobody&additionalProperties.sasl.jaas.config=tell-nobody"
                + "&additionalProperties.ssl.key.password=tell-nobody&additionalProperties.wadi.partitions=0-3"
                + "&additionalProperties.ssl.keystore.key=RAW(-----BEGIN PRIVATE KEY----- tell-nobody)");

        assertThat(config)
                .containsEntry("input", "kafka:orders")
                .containsEntry("input.groupId", "g")
                .containsEntry("input.pollTimeoutMs", "500")
                .containsEntry("input.additionalProperties.wadi.partitions", "0-3")
                .containsEntry("input.saslJaasConfig", "[hidden]")
                .containsEntry("input.sslKeystorePassword", "[hidden]")
                .containsEntry("input.additionalProperties.sasl.jaas.config", "[hidden]");
        assertThat(config.toString()).doesNotContain("tell-nobody");
    }

    @Test
    void passwordsInADatabaseAddress_areHidden() throws Exception {
        Map<String, String> config = of(
                "kafka:rows?additionalProperties.database=RAW(jdbc:postgresql://db:5432/shop?user=u"
                        + "&password=tell-nobody&sslpassword=tell-nobody)&additionalProperties.other=RAW(jdbc:postgresql://u:tell-nobody@db/shop)");

        assertThat(config.get("input.additionalProperties.database"))
                .contains("jdbc:postgresql://db:5432/shop?user=u&password=[hidden]");
        assertThat(config.toString()).doesNotContain("tell-nobody");
    }

    @Test
    void userAndPasswordInAnAddress_areHidden() throws Exception {
        assertThat(of("platform-http:/a@b?httpMethodRestrict=GET"))
                .containsEntry("input", "platform-http:/a@b")
                .containsEntry("input.httpMethodRestrict", "GET");
        assertThat(of("direct:user:tell-nobody@host").get("input")).isEqualTo("direct:[hidden]@host");
    }
}
