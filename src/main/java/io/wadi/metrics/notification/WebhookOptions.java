package io.wadi.metrics.notification;

import java.time.Duration;

/**
 * How Alertmanagers are asked.
 *
 * @param user of basic authentication; empty for none
 * @param password of the user
 * @param token a bearer token in place of a user; empty for none
 * @param caFile certificates of the authority that theirs are checked with, as PEM; empty for the JDK's
 * @param answerWithin how long an answer may take
 */
public record WebhookOptions(String user, String password, String token, String caFile, Duration answerWithin) {
    /** Says what cannot be together. */
    public WebhookOptions {
        if (!user.isEmpty() && !token.isEmpty()) {
            throw new IllegalArgumentException(
                    "wadi.alerts.webhook.user and wadi.alerts.webhook.token are both set: allowed is one of them");
        }
        if (user.isEmpty() != password.isEmpty()) {
            throw new IllegalArgumentException(
                    "wadi.alerts.webhook.user and wadi.alerts.webhook.password: one is set, allowed are both or none");
        }
        if (!token.matches("[!-~]*")) {
            throw new IllegalArgumentException(
                    "wadi.alerts.webhook.token: allowed are ASCII characters without blanks, and there are others in it");
        }
    }

    /** Says nothing of secrets. */
    @Override
    public String toString() {
        return "WebhookOptions[within " + answerWithin + "]";
    }
}
