package io.wadi.metrics.notification;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import java.util.List;
import java.util.stream.Stream;

/** The notification feature: the component and the bean of its route. */
public final class NotificationFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return NotificationSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        KafkaClients kafka = context.kafka();
        TopicIdentities identities = context.closing(new TopicIdentities(kafka::adminProperties));
        try {
            context.settings().areBothSet(NotificationSettings.USER, NotificationSettings.PASSWORD);
            requireEffect(context.settings());
            context.bind(
                    "active-alerts",
                    new ActiveAlertsComponent(
                            kafka::readerProperties,
                            identities::of,
                            context.meters(),
                            context.get(NotificationSettings.URLS),
                            context.get(NotificationSettings.LINK)));
            context.bind(
                    "post-alerts",
                    new Webhook(new WebhookOptions(
                            context.get(NotificationSettings.USER),
                            context.get(NotificationSettings.PASSWORD),
                            context.get(NotificationSettings.TOKEN),
                            context.get(NotificationSettings.CA_FILE),
                            context.get(NotificationSettings.ANSWER_TIMEOUT))));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(e.getMessage()));
        }
        context.usesKafka(ActiveAlertsEndpoint.class, alerts -> List.of());
    }

    /** Rejects settings of the requests to Alertmanager if no request uses them. */
    private static void requireEffect(Settings settings) {
        String urls = settings.get(NotificationSettings.URLS);
        Stream<Setting<String>> withoutEffect = Stream.of();
        if (urls.isEmpty()) {
            withoutEffect = Stream.of(
                    NotificationSettings.USER,
                    NotificationSettings.PASSWORD,
                    NotificationSettings.TOKEN,
                    NotificationSettings.CA_FILE,
                    NotificationSettings.LINK);
        } else if (!urls.contains("https://")) {
            withoutEffect = Stream.of(NotificationSettings.CA_FILE);
        }
        String missing = urls.isEmpty() ? "is empty" : "has no https:// address";
        List<String> mistakes = withoutEffect
                .filter(setting -> !settings.get(setting).isEmpty())
                .map(setting -> "%s has no effect, since %s %s: set an address, or remove %s"
                        .formatted(setting.name(), NotificationSettings.URLS.name(), missing, setting.name()))
                .toList();
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
    }
}
