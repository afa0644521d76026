package io.wadi.testing;

import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A short run of the shipped pipeline without servers, until it has failed to connect to all three. */
final class ClassDataRehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(ClassDataRehearsal.class);

    private ClassDataRehearsal() {}

    /** Runs the pipeline in an empty directory. */
    public static void main(String[] arguments) {
        int code = 1;
        try {
            rehearse(Path.of(arguments[0]));
            code = 0;
        } catch (Exception e) {
            LOG.error("The rehearsal failed", e);
        }
        System.exit(code);
    }

    private static void rehearse(Path directory) throws Exception {
        Map<String, String> settings = Map.of(
                "wadi.kafka.brokers",
                "localhost:" + Ports.free(),
                "wadi.hdfs.uri",
                "hdfs://localhost:" + Ports.free(),
                "wadi.elasticsearch.hosts",
                "localhost:" + Ports.free(),
                "wadi.health.probe-interval",
                "200ms",
                "wadi.health.down-after",
                "1s",
                "wadi.streams.state-directory",
                directory.toString());
        try (RunningWadi wadi = RunningWadi.startOn(settings)) {
            Awaitility.await()
                    .atMost(ChildJvm.START_TIMEOUT)
                    .until(() -> Http.get(wadi.managementUrl() + "/observe/health")
                                    .body()
                                    .split("down since ", -1)
                                    .length
                            > 3);
        }
    }
}
