package io.wadi.cli;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.indexing.IndexedTarget;
import io.wadi.indexing.client.BulkComponent;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.ingest.registry.SchemaRegistry;
import io.wadi.ingest.send.IngestTopics;
import io.wadi.kafka.BrokerVersion;
import io.wadi.kafka.Causes;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.kafka.topics.Topics;
import io.wadi.landing.LandedTarget;
import io.wadi.runtime.Features;
import io.wadi.runtime.Resources;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsReader;
import io.wadi.runtime.config.WadiSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.util.function.ThrowingFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The pipeline's configuration for a command. It reads the settings with the same precedence as the pipeline, including
 * those of Camel's Kafka component, and creates clients on demand. It neither reads nor checks other files of the
 * pipeline.
 */
final class CommandConfiguration implements AutoCloseable {
    private final Main main = new Main();
    private final Resources resources = new Resources();
    private Settings settings;
    private KafkaClients kafka;

    /**
     * Reads the settings, without connecting to servers.
     *
     * @param configuration the directory of {@code application.properties} and {@code topics.yaml}
     * @param options values of command-line options by setting name
     * @throws Exception if the configuration is invalid; {@link io.wadi.kafka.Causes#reason} returns the reason
     */
    CommandConfiguration(Path configuration, Map<String, String> options) throws Exception {
        SettingsReader.configure(main, configuration);
        SettingsReader.readOnly(main);
        options.forEach(main::addOverrideProperty);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport starting) {
                bind(starting.getCamelContext(), options);
            }
        });
        main.init();
    }

    /** Binds components before Camel configures itself, so that Camel sets their properties. */
    private void bind(CamelContext context, Map<String, String> options) {
        settings = SettingsReader.read(
                (PropertiesComponent) context.getPropertiesComponent(), Features.settings(), options);
        kafka = new KafkaClients(
                get(WadiSettings.KAFKA_BROKERS), new PartitionStates(new CompositeMeterRegistry(), Clock.systemUTC()));
        kafka.setTopicProducers(() -> topics().producers());
        context.getRegistry().bind("kafka", Component.class, kafka.component());
        context.getRegistry()
                .bind("elasticsearch", Component.class, (Supplier<Object>) () -> new BulkComponent(elasticsearch()));
    }

    Settings settings() {
        return settings;
    }

    <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    KafkaClients kafka() {
        return kafka;
    }

    /**
     * Runs a call with a new admin client.
     *
     * @throws IllegalArgumentException if the brokers are older than supported
     * @throws TimeoutException if Kafka does not respond; the message contains its address
     */
    <T> T withAdmin(ThrowingFunction<Admin, T, Exception> call) throws Exception {
        Properties client = kafka.adminProperties();
        try (Admin admin = Admin.create(client)) {
            BrokerVersion.OLDEST.refusal(admin).ifPresent(reason -> {
                throw new IllegalArgumentException("%s=%s: %s"
                        .formatted(WadiSettings.KAFKA_BROKERS.name(), get(WadiSettings.KAFKA_BROKERS), reason));
            });
            return call.apply(admin);
        } catch (RuntimeException e) {
            if (Causes.innermost(e) instanceof TimeoutException) {
                throw new TimeoutException("Kafka at " + client.getProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG)
                        + " does not respond");
            }
            throw e;
        }
    }

    /** Returns the topics that {@code topics.yaml} declares. */
    Topics topics() {
        return Topics.read(get(WadiSettings.TOPICS_FILE));
    }

    /** Returns the topics that accept events, with their schemas. */
    IngestTopics eventTopics() {
        return IngestTopics.read(
                topics(),
                Path.of(get(WadiSettings.TOPICS_FILE)).toAbsolutePath().getParent(),
                SchemaRegistry.of(settings));
    }

    /** Returns a new connection to HDFS, which {@link #close} closes. */
    HdfsConnection hdfs() {
        return resources.add(new HdfsConnection(HdfsOptions.of(settings)));
    }

    ElasticsearchConnection elasticsearch() {
        return ElasticsearchConnection.of(settings);
    }

    /** Returns the landed files that the settings name; connects on demand. */
    LandedTarget landedTarget() {
        return LandedTarget.of(camel(), settings, hdfs(), new CompositeMeterRegistry());
    }

    /** Returns the index that the settings name; connects on demand. The caller must close it. */
    IndexedTarget indexedTarget() {
        return IndexedTarget.of(camel(), settings, elasticsearch(), kafka::adminProperties);
    }

    /** Returns a new sender to the dead-letter topic, which {@link #close} closes. */
    DeadLetterSender deadLetters() {
        return resources.add(new DeadLetterSender(get(WadiSettings.DEAD_LETTERS_TOPIC), kafka::backgroundProducer));
    }

    CamelContext camel() {
        return main.getCamelContext();
    }

    @Override
    public void close() throws Exception {
        resources.close();
        main.stop();
    }
}
