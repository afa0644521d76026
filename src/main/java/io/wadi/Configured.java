package io.wadi;

import io.wadi.hdfs.HdfsConnection;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsReader;
import java.nio.file.Path;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;

/**
 * The pipeline's configuration without its routes, for commands that look at the pipeline's servers beside it: the same
 * {@code application.properties}, system properties and environment, the settings of Camel's Kafka component included.
 */
final class Configured implements AutoCloseable {
    private final Main main = new Main();

    /**
     * Reads the configuration; connects to nothing.
     *
     * @param configuration the directory of {@code application.properties} and {@code topics.yaml}
     * @throws Exception of many kinds: {@link io.wadi.kafka.Causes#reason} says what is wrong
     */
    Configured(Path configuration) throws Exception {
        SettingsReader.configure(main, configuration);
        main.bind(WadiPlugin.OWN_MAIN, main);
        main.configure().withRoutesCollectorEnabled(false);
        main.addOverrideProperty("camel.management.enabled", "false");
        main.init();
        WadiPlugin.Mistake.throwIfIn(main.getCamelContext().getRegistry());
    }

    Settings settings() {
        return main.getCamelContext().getRegistry().findSingleByType(Settings.class);
    }

    KafkaClients kafka() {
        return main.getCamelContext().getRegistry().findSingleByType(KafkaClients.class);
    }

    Topics topics() {
        return main.getCamelContext().getRegistry().findSingleByType(Topics.class);
    }

    HdfsConnection hdfs() {
        return main.getCamelContext().getRegistry().findSingleByType(HdfsConnection.class);
    }

    /** The one part of this type that is bound. */
    <P> P part(Class<P> type) {
        return main.getCamelContext().getRegistry().findSingleByType(type);
    }

    CamelContext camel() {
        return main.getCamelContext();
    }

    @Override
    public void close() {
        main.stop();
    }
}
