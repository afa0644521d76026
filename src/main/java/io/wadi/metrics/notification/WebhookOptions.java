package io.wadi.metrics.notification;

import io.wadi.runtime.config.Units;
import java.time.Duration;

/**
 * The connection options of Alertmanager.
 *
 * @param user the user for basic authentication; empty for none
 * @param password the user's password
 * @param token a bearer token instead of a user; empty for none
 * @param caFile PEM file of CA certificates; empty for those of the JDK
 * @param answerTimeout the response timeout
 */
public record WebhookOptions(String user, String password, String token, String caFile, Duration answerTimeout) {
    public WebhookOptions {
        if (!user.isEmpty() && !token.isEmpty()) {
            throw new IllegalArgumentException(
                    "wadi.alerts.webhook.user and wadi.alerts.webhook.token are both set: expected one of them");
        }
        if (!token.matches("[!-~]*")) {
            throw new IllegalArgumentException(
                    "wadi.alerts.webhook.token: contains blanks or non-ASCII characters, expected printable ASCII"
                            + " without blanks");
        }
    }

    /** Returns the options without the secrets. */
    @Override
    public String toString() {
        return "WebhookOptions[within " + Units.text(answerTimeout) + "]";
    }
}
