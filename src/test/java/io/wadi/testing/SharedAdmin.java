package io.wadi.testing;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/** An admin client that all tests share, because creating one costs more than most calls. */
final class SharedAdmin {
    static final Admin CLIENT = Admin.create(KafkaProbe.client());

    private SharedAdmin() {}

    static void configure(
            ConfigResource.Type type, String name, Map<String, String> settings, AlterConfigOp.OpType operation)
            throws ExecutionException, InterruptedException {
        CLIENT.incrementalAlterConfigs(Map.of(
                        new ConfigResource(type, name),
                        settings.entrySet().stream()
                                .map(each ->
                                        new AlterConfigOp(new ConfigEntry(each.getKey(), each.getValue()), operation))
                                .toList()))
                .all()
                .get();
    }
}
