package io.wadi.bench.connect;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** Writes topics to HDFS, one value per line; see {@link HdfsTask}. */
public final class HdfsConnector extends SinkConnector {
    static final String HDFS = "hdfs";
    static final String DIRECTORY = "directory";
    static final String ROLL_RECORDS = "roll.records";

    private Map<String, String> settings = Map.of();

    @Override
    public void start(Map<String, String> given) {
        settings = given;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return HdfsTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return Collections.nCopies(maxTasks, settings);
    }

    @Override
    public void stop() {
        settings = Map.of();
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef()
                .define(HDFS, ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "The file system")
                .define(DIRECTORY, ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Directory of the files")
                .define(ROLL_RECORDS, ConfigDef.Type.INT, ConfigDef.Importance.HIGH, "Records in a file");
    }

    @Override
    public String version() {
        return "1";
    }
}
