package example;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.util.ConnectorUtils;

/**
 * A source that counts: for each name in {@code counters} it sends the numbers from 1 to {@code count} as values, with
 * the name as key. It continues after the last number that Connect has stored as an offset.
 */
public final class NumbersSourceConnector extends SourceConnector {
    private static final String COUNTERS = "counters";
    private static final String COUNT = "count";
    private static final String TOPIC = "topic";

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(COUNTERS, Type.LIST, ConfigDef.NO_DEFAULT_VALUE, Importance.HIGH, "Names of counters.")
            .define(COUNT, Type.LONG, 1_000L, Range.atLeast(1), Importance.MEDIUM, "The last number of each counter.")
            .define(TOPIC, Type.STRING, ConfigDef.NO_DEFAULT_VALUE, Importance.HIGH, "The topic of the numbers.");

    private Map<String, String> settings;

    @Override
    public String version() {
        return "1.0.0";
    }

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return NumbersSourceTask.class;
    }

    @Override
    public void start(Map<String, String> properties) {
        if (new AbstractConfig(CONFIG, properties).getList(COUNTERS).isEmpty()) {
            throw new ConfigException(COUNTERS, "", "expected one name or more");
        }
        settings = properties;
    }

    /** Divides the counters among the tasks, of which there are at most as many as counters. */
    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<String> counters = new AbstractConfig(CONFIG, settings).getList(COUNTERS);
        List<Map<String, String>> tasks = new ArrayList<>();
        for (List<String> share : ConnectorUtils.groupPartitions(counters, Math.min(maxTasks, counters.size()))) {
            Map<String, String> task = new HashMap<>(settings);
            task.put(COUNTERS, String.join(",", share));
            tasks.add(task);
        }
        return tasks;
    }

    /** Numbers and offsets are written in one transaction if the worker has exactly.once.source.support=enabled. */
    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> properties) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    @Override
    public void stop() {}

    /** A task, which runs in one thread. Connect creates it with the public constructor. */
    public static final class NumbersSourceTask extends SourceTask {
        private static final int BATCH = 100;
        private static final long IDLE_MS = 200;

        private final Map<String, Long> last = new HashMap<>();
        private final CountDownLatch stopped = new CountDownLatch(1);
        private String topic;
        private long count;

        @Override
        public String version() {
            return "1.0.0";
        }

        @Override
        public void start(Map<String, String> properties) {
            AbstractConfig config = new AbstractConfig(CONFIG, properties);
            topic = config.getString(TOPIC);
            count = config.getLong(COUNT);
            for (String counter : config.getList(COUNTERS)) {
                Map<String, Object> stored = context.offsetStorageReader().offset(Map.of("counter", counter));
                last.put(counter, stored == null ? 0 : (Long) stored.get("number"));
            }
        }

        /** Returns up to 100 numbers of each counter; if there are none, waits briefly and returns null. */
        @Override
        public List<SourceRecord> poll() throws InterruptedException {
            List<SourceRecord> records = new ArrayList<>();
            last.replaceAll((counter, number) -> {
                long end = Math.min(number + BATCH, count);
                for (long next = number + 1; next <= end; next++) {
                    records.add(new SourceRecord(
                            Map.of("counter", counter),
                            Map.of("number", next),
                            topic,
                            Schema.STRING_SCHEMA,
                            counter,
                            Schema.INT64_SCHEMA,
                            next));
                }
                return Math.max(number, end);
            });
            if (records.isEmpty()) {
                stopped.await(IDLE_MS, TimeUnit.MILLISECONDS);
                return null;
            }
            return records;
        }

        /** Ends a wait of {@link #poll}; Connect may call this from another thread. */
        @Override
        public void stop() {
            stopped.countDown();
        }
    }
}
