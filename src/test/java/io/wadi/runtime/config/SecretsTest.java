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
        "additionalProperties.ssl.keystore.key,true",
        "api-key,true",
        "sasl_jaas_config,true",
        "Authorization-Token,true",
        "Authorization,true",
        "Proxy-Authorization,true",
        "Set-Cookie,true",
        "dbPasswd,true",
        "db.pwd,true",
        "topic,false",
        "groupId,false",
        "keySerializer,false",
        "sslKeystoreType,false"
    })
    void names_ofSecrets_areRecognized(String name, boolean isSecret) {
        assertThat(Secrets.isSecret(name)).isEqualTo(isSecret);
    }

    @Test
    void secretsInYaml_areHidden_andPlaceholdersAreShown() {
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

    @Test
    void valuesBesideASecretName_areHidden() {
        String yaml = """
                - route:
                    id: out
                    steps:
                      - setHeader:
                          expression:
                            constant:
                              expression: Bearer hunter2
                          id: setHeader1
                          name: Authorization
                      - setHeaders:
                          headers:
                            - name: topic
                              constant: shown
                            - name: "api-key"
                              constant: hunter2
                            - name: Cookie
                              simple: "{{my.cookie}}"
                      - setProperty:
                          constant: |-
                            hunter2

                            hunter2
                          name: clientSecret
                      - log:
                          message: shown
                """;

        assertThat(Secrets.hideIn(yaml)).isEqualTo("""
                - route:
                    id: out
                    steps:
                      - setHeader:
                          expression:
                            constant:
                              expression: [hidden]
                          id: setHeader1
                          name: Authorization
                      - setHeaders:
                          headers:
                            - name: topic
                              constant: shown
                            - name: "api-key"
                              constant: [hidden]
                            - name: Cookie
                              simple: "{{my.cookie}}"
                      - setProperty:
                          constant: [hidden]
                          name: clientSecret
                      - log:
                          message: shown
                """);
    }

    @Test
    void lineBreaks_ofAnyKind_endAValue_andAreKept() {
        assertThat(Secrets.hideIn("user: a\r\npassword: x\r\n  y\r\nother: b\r\n"))
                .isEqualTo("user: a\r\npassword: [hidden]\r\nother: b\r\n");
        assertThat(Secrets.hideIn("user: a\rpassword: x\u0085token: y\u2028other: b"))
                .isEqualTo("user: a\rpassword: [hidden]\u0085token: [hidden]\u2028other: b");
        assertThat(Secrets.hideIn("password:  |\n  x\n  y")).isEqualTo("password:  [hidden]");
    }

    @Test
    void furtherNames_areSecretToo() {
        assertThat(Secrets.hideIn("name: iban\nconstant: DE1\n", "iban"::equals))
                .isEqualTo("name: iban\nconstant: [hidden]\n");
        assertThat(Secrets.hideIn("to: http://host?iban=DE1", "iban"::equals))
                .isEqualTo("to: http://host?iban=[hidden]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            http://h?password=RAW(a&b)&x=1                          | http://h?password=[hidden]&x=1
            http://h?password=RAW{a&b}                              | http://h?password=[hidden]
            "http://h?x=1&password=RAW(a&b)"                        | "http://h?x=1&password=[hidden]"
            kafka:t?url=RAW(jdbc:x://h?user=u&password=a&y=2)&x=1   | kafka:t?url=RAW(jdbc:x://h?user=u&password=[hidden]&y=2)&x=1
            kafka:t?config=RAW(required user="u" password="a b";)   | kafka:t?config=RAW(required user="u" password=[hidden];)
            kafka:t?url=RAW{jdbc:x://h?user=u&password=a}&x=1       | kafka:t?url=RAW{jdbc:x://h?user=u&password=[hidden]}&x=1
            x uri="http://h?a=1&password=b" y='http://h?token=c&d=2' | x uri="http://h?a=1&password=[hidden]" y='http://h?token=[hidden]&d=2'
            http://h?x=RAW(&password=a                              | http://h?x=RAW(&password=[hidden]
            http://h?password="{{my.password}}"                     | http://h?password="{{my.password}}"
            ftp://me:pa/ss@host/path?x=1                            | ftp://[hidden]@host/path?x=1
            ftp://me:p@ss@host/path                                 | ftp://[hidden]@host/path
            ftp:me:hunter2@host/path                                | ftp:[hidden]@host/path
            jdbc:postgresql://me:hunter2@host/shop                  | jdbc:postgresql://[hidden]@host/shop
            http://host:8080/users/me@example.com                   | http://host:8080/users/me@example.com
            platform-http:/a@b?x=1                                  | platform-http:/a@b?x=1
            """)
    void secretsInAddresses_areHidden(String address, String shown) {
        assertThat(Secrets.hideIn("to: " + address)).isEqualTo("to: " + shown);
    }
}
