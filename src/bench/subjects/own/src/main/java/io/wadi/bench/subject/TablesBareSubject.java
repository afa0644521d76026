package io.wadi.bench.subject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * The limit: a consumer loop that parses its records, upserts those of a poll as one JDBC batch with many rows per
 * statement, and then commits the database and the offsets. The table's columns are hard-coded, and it fails on a
 * rejected row.
 */
public final class TablesBareSubject implements Subject {
    private static final String BATCH = "2000";
    private static final Duration POLL = Duration.ofMillis(100);
    private static final String UPSERT = """
            INSERT INTO "%s" (partition,sequence,"userAgent","colorName","userName") VALUES (?,?,?,?,?)
             ON CONFLICT (partition,sequence) DO UPDATE SET "userAgent"=EXCLUDED."userAgent",
             "colorName"=EXCLUDED."colorName","userName"=EXCLUDED."userName\"""";

    @Override
    public void land(Job job) throws Exception {
        ObjectMapper json = new ObjectMapper();
        Properties database = new Properties();
        database.setProperty("user", job.setting("user"));
        database.setProperty("reWriteBatchedInserts", "true");
        Properties kafka = new Properties();
        job.consumer().forEach(kafka::put);
        kafka.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, BATCH);
        try (Connection connection = DriverManager.getConnection(job.setting("database"), database);
                PreparedStatement upsert = prepared(connection, job);
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(kafka)) {
            consumer.subscribe(List.of(job.topic()));
            while (!Probe.isFinished()) {
                ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
                if (!polled.isEmpty()) {
                    for (ConsumerRecord<byte[], byte[]> each : polled) {
                        add(upsert, json.readTree(each.value()));
                    }
                    upsert.executeBatch();
                    connection.commit();
                    consumer.commitSync();
                }
            }
        }
    }

    private static PreparedStatement prepared(Connection connection, Job job) throws Exception {
        connection.setAutoCommit(false);
        return connection.prepareStatement(UPSERT.formatted(job.directory()));
    }

    private static void add(PreparedStatement upsert, JsonNode record) throws Exception {
        upsert.setInt(1, record.path("partition").intValue());
        upsert.setString(2, record.path("sequence").textValue());
        upsert.setString(3, record.path("userAgent").textValue());
        upsert.setString(4, record.path("colorName").textValue());
        upsert.setString(5, record.path("userName").textValue());
        upsert.addBatch();
    }
}
