package io.wadi.local;

import java.nio.file.Path;
import java.util.List;

/** The text that {@code ./wadi up} prints after its start: addresses and examples. */
final class UpScreen {
    private UpScreen() {}

    private static String examples(UpOptions options) {
        return """
                The examples in examples/ run; each file describes its inputs and outputs. One of them joins:
                  ./wadi kafka console-producer --bootstrap-server %1$s --topic address --property parse.key=true --property key.separator==
                    >ann=Seoul
                  ./wadi kafka console-producer --bootstrap-server %1$s --topic order --property parse.key=true --property key.separator==
                    >ann=a book
                  ./wadi kafka console-consumer --bootstrap-server %1$s --topic order_join --from-beginning
                The sales hub accepts purchases, which are in three views some seconds later:
                  curl http://localhost:%2$s/topics/transactions -H "Content-Type: application/vnd.kafka.json.v2+json" \\
                    -d '{"records":[{"key":{"customerId":"7","transactionDate":"2026-11-20"},"value":{"item":"book","price":10}}]}'
                  curl "http://localhost:%3$s/tables/sales.items-day/book"
                  curl "%4$s/sales-index/_search?q=key.customerId:7&pretty"
                  curl -L "%5$s/data/transactions?op=LISTSTATUS"
                Card payments are evaluated by rules and, after training on landed payments, by a model:
                  ./wadi generate payments%6$s
                  ./wadi model train%7$s
                  ./wadi generate payments --after 60 --days 1%6$s
                  ./wadi records card.alerts%6$s

                """.formatted(
                        options.servers().kafkaBrokers(),
                        options.httpPort(),
                        options.managementPort(),
                        options.servers().elasticsearchUrl(),
                        options.servers().webHdfsUrl(),
                        brokers(options.servers()),
                        options.servers().hdfs() == ServerPorts.standard().hdfs()
                                ? ""
                                : " --hdfs " + options.servers().hdfsUri());
    }

    /** Returns the option that selects Kafka for an operator command; empty for the default. */
    private static String brokers(ServerPorts servers) {
        return servers.kafka() == ServerPorts.standard().kafka() ? "" : " --brokers " + servers.kafkaBrokers();
    }

    static List<String> lines(UpOptions options, Path logs) {
        ServerPorts servers = options.servers();
        return """

                Wadi is up.

                  Page           http://localhost:%1$s/
                  Events         http://localhost:%2$s/
                  Kafka          %3$s
                  HDFS           %4$s, browse http://localhost:%5$s/
                  Elasticsearch  %6$s
                  Data           %7$s
                  Logs           %8$s

                Click a color at /send of the page, or send an event:
                  curl "http://localhost:%2$s/api/select?color=red&user=alice"
                Some seconds later it is in HDFS and in Elasticsearch:
                  curl -L "%9$s/data/select-color?op=LISTSTATUS"
                  curl "%6$s/select-color-index/_search?q=userName:alice&pretty"
                Alerts of a busy CPU, as they come:
                  ./wadi records metric.cpu.alert%10$s

                %11$sCtrl-C stops; the next start continues with the same data.
                """.formatted(
                options.managementPort(),
                options.httpPort(),
                servers.kafkaBrokers(),
                servers.hdfsUri(),
                servers.hdfsWeb(),
                servers.elasticsearchUrl(),
                options.data(),
                logs,
                servers.webHdfsUrl(),
                brokers(servers),
                options.examples() ? examples(options) : "").lines().toList();
    }
}
