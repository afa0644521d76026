package io.wadi.metrics.notification;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import java.util.List;

/** The notification feature: the component and the bean of its route. */
public final class NotificationFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return NotificationSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        KafkaClients kafka = context.kafka();
        try {
            context.settings().areBothSet(NotificationSettings.USER, NotificationSettings.PASSWORD);
            context.bind(
                    "active-alerts",
                    new ActiveAlertsComponent(
                            kafka::readerProperties,
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
}
