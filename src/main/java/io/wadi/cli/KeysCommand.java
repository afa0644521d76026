package io.wadi.cli;

import io.wadi.ingest.auth.ApiKey;
import io.wadi.ingest.auth.TopicPatterns;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wadi keys}: generates API keys, without storing them. */
@Command(
        description = "Generates API keys for clients that send events.",
        exitCodeList = {"0:done", "2:the arguments are invalid"})
final class KeysCommand extends OperatorCommand {
    KeysCommand(Terminal terminal) {
        super(terminal, "Could not generate a key");
    }

    @Command(
            name = "new",
            description = {
                "Generates a key, prints it once, and prints its line for keys.yaml, which has the key's hash.",
                "It stores nothing."
            })
    int make(
            @Parameters(paramLabel = "NAME", description = "Name of the client.") String name,
            @Option(
                            names = "--topics",
                            paramLabel = "LIST",
                            defaultValue = "*",
                            description = "Topics the client may send to, such as orders,metric.* (default: all)")
                    String list) {
        List<String> topics = List.of(list.split(",", -1));
        TopicPatterns.of(topics);
        String key = ApiKey.make(name, new SecureRandom());
        String quoted = topics.stream().map(topic -> '"' + topic + '"').collect(Collectors.joining(", "));
        out().println("The key, shown only once, for the client (Authorization: Bearer KEY, or X-API-Key: KEY):");
        out().println("  " + key);
        out().println("The line for the file of wadi.ingest.keys-file, below keys: (with the key's hash only):");
        out().printf("  - {name: \"%s\", sha256: [\"%s\"], topics: [%s]}%n", name, ApiKey.hashOf(key), quoted);
        out().println(
                        "To replace a key, add the new hash to its line as a second one; remove the old one when no client uses it any more.");
        return 0;
    }
}
