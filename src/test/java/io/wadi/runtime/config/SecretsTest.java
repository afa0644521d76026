package io.wadi.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
    @ParameterizedTest
    @CsvSource({
        "password,true",
        "sslKeyPassword,true",
        "ssl.truststore.password,true",
        "api-key,true",
        "sasl_jaas_config,true",
        "Authorization-Token,true",
        "topic,false",
        "groupId,false",
        "keySerializer,false"
    })
    void names_ofSecrets_areRecognized(String name, boolean isSecret) {
        assertThat(Secrets.isSecret(name)).isEqualTo(isSecret);
    }

    @Test
    void secretsInYaml_areHidden_placeholdersAndAllElseAreShown() {
        String yaml = """
                - route:
                    id: in
                    from:
                      uri: kafka
                      parameters:
                        topic: events
                        saslJaasConfig: org.x.Login required password="hunter2";
                        sslKeyPassword: "{{my.password}}"
                        password: hunter2
                    steps:
                      - to: http://host/path?user=me&password=hunter2&token={{t}}&x=1
                      - toD: http://me:hunter2@host/path?token=hunter2&x=1
                      - setHeader:
                          name: api-key
                          clientSecret: hunter2&hunter2 {{x}}
                """;

        assertThat(Secrets.hideIn(yaml)).isEqualTo("""
                - route:
                    id: in
                    from:
                      uri: kafka
                      parameters:
                        topic: events
                        saslJaasConfig: [hidden]
                        sslKeyPassword: "{{my.password}}"
                        password: [hidden]
                    steps:
                      - to: http://host/path?user=me&password=[hidden]&token={{t}}&x=1
                      - toD: http://[hidden]@host/path?token=[hidden]&x=1
                      - setHeader:
                          name: api-key
                          clientSecret: [hidden]
                """);
    }
}
