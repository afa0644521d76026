package io.wadi.metrics;

import java.nio.charset.StandardCharsets;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;

/**
 * Creates the messages of a list that is the body of an exchange: {@code kafka:} sends each message as one record. The
 * host is the record key, so that the documents of a host stay in order.
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
