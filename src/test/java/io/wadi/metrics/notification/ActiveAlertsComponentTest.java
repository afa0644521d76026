package io.wadi.metrics.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.runtime.config.Setting;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActiveAlertsComponentTest {
    private static ActiveAlertsComponent component(String alertmanagers) {
        return new ActiveAlertsComponent(
                Properties::new, topic -> Optional.empty(), new SimpleMeterRegistry(), alertmanagers, "");
    }

    private static List<String> addresses(String alertmanagers) {
        return component(alertmanagers).addresses();
    }

    @Test
    void addresses_getTheApiPath_alsoBelowAPathPrefix() {
        assertThat(addresses("")).isEmpty();
        assertThat(addresses("http://a:9093, http://b:9093/, https://c/alertmanager, http://a:9093/api/v2/alerts,"
                        + " http://b:9093/api/v2/alerts/"))
                .containsExactly(
                        "http://a:9093/api/v2/alerts",
                        "http://b:9093/api/v2/alerts",
                        "https://c/alertmanager/api/v2/alerts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://two_words:9093", "http://:9093", "ftp://a", "http://a:9093:1", "http://a:90930"})
    void invalidAddress_isRejected(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> addresses(address))
                .withMessageStartingWith("wadi.alerts.webhook.urls: invalid address " + address + ": ");
    }

    @ParameterizedTest
    @CsvSource({
        "http://a:9093, true",
        "'http://a:9093, https://b/alertmanager', true",
        "http://a:9093?tenant=1, false",
        "http://a:9093/#, false",
        "http://user@a:9093, false"
    })
    void addressWithAUserOrAQuery_isRejected(String addresses, boolean isValid) {
        assertThat(isValid(NotificationSettings.URLS, addresses)).isEqualTo(isValid);
    }

    @ParameterizedTest
    @CsvSource({
        "https://grafana.example/d/host?var-host={host}&from={alert}, true",
        "https://grafana.example/d/100%25?q=a%2Fb, true",
        "https://grafana.example/d/host?var-host={hostname}, false",
        "https://grafana.example/d/host?var-host={host, false",
        "https://grafana.example/d/100%?var-host={host}, false"
    })
    void linkWithAnUnknownPlaceholderOrAnInvalidEscape_isRejected(String link, boolean isValid) {
        assertThat(isValid(NotificationSettings.LINK, link)).isEqualTo(isValid);
    }

    private static boolean isValid(Setting<String> setting, String text) {
        try {
            return setting.parser().apply(text).equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            alertsPerRequest=0     | a whole number from 1 to 10000
            alertsPerRequest=10001 | a whole number from 1 to 10000
            resend=0s              | a duration such as 500ms, 5s, 10m or 1h, from 1s to 1h
            resend=soon            | a duration such as 500ms, 5s, 10m or 1h, from 1s to 1h
            """)
    void invalidOption_isRejected(String option, String expected) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addComponent("active-alerts", component(""));

            assertThatExceptionOfType(ResolveEndpointFailedException.class)
                    .isThrownBy(() -> context.getEndpoint("active-alerts:a?" + option))
                    .havingRootCause()
                    .withMessageContaining(option + ": expected " + expected);
        }
    }
}
