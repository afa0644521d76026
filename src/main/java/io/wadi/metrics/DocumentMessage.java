package io.wadi.metrics;

import java.nio.charset.StandardCharsets;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;

/**
 * Creates messages for bodies that {@code kafka:} sends record by record, keyed by host so that the order per host is
 * kept.
 */
public final class DocumentMessage {
    private DocumentMessage() {}

    /** Creates a message with the host's name in UTF-8 as the record key and no other headers. */
    public static Message of(CamelContext camel, String host, byte[] body) {
        DefaultMessage message = new DefaultMessage(camel);
        message.setHeader(KafkaConstants.KEY, host.getBytes(StandardCharsets.UTF_8));
        message.setBody(body);
        return message;
    }
}
