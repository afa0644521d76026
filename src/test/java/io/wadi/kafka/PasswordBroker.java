package io.wadi.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;

/** A stub of a broker for producers, with one topic of one partition. It rejects passwords until {@link #accept}. */
public final class PasswordBroker implements AutoCloseable {
    private static final List<ApiKeys> APIS = List.of(
            ApiKeys.API_VERSIONS,
            ApiKeys.SASL_HANDSHAKE,
            ApiKeys.SASL_AUTHENTICATE,
            ApiKeys.METADATA,
            ApiKeys.INIT_PRODUCER_ID,
            ApiKeys.PRODUCE);

    private final String topic;
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch rejections;
    private volatile boolean accepts;

    /**
     * Starts the broker.
     *
     * @param rejections the number of rejections that {@link #accept} awaits
     */
    public PasswordBroker(String topic, int rejections) throws IOException {
        this.topic = topic;
        this.rejections = new CountDownLatch(rejections);
        threads.execute(this::listen);
    }

    /** Returns its host and port. */
    public String address() {
        return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    /** Accepts passwords from now on. */
    public void accept() throws InterruptedException {
        rejections.await();
        accepts = true;
    }

    private void listen() {
        try {
            while (true) {
                Socket connection = server.accept();
                threads.execute(() -> respond(connection));
            }
        } catch (SocketException e) {
            // The broker was closed.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void respond(Socket connection) {
        try (connection) {
            DataInputStream in = new DataInputStream(connection.getInputStream());
            DataOutputStream out = new DataOutputStream(connection.getOutputStream());
            while (true) {
                RequestHeader header = RequestHeader.parse(ByteBuffer.wrap(in.readNBytes(in.readInt())));
                ByteBuffer head = bytes(
                        new ResponseHeaderData().setCorrelationId(header.correlationId()),
                        header.apiKey().responseHeaderVersion(header.apiVersion()));
                ByteBuffer body = bytes(response(header.apiKey()), header.apiVersion());
                out.writeInt(head.remaining() + body.remaining());
                out.write(head.array(), head.arrayOffset(), head.remaining());
                out.write(body.array(), body.arrayOffset(), body.remaining());
                out.flush();
            }
        } catch (EOFException | SocketException e) {
            // The client has closed the connection.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ByteBuffer bytes(ApiMessage message, short version) {
        return MessageUtil.toByteBufferAccessor(message, version).buffer();
    }

    private ApiMessage response(ApiKeys api) {
        return switch (api) {
            case API_VERSIONS -> versions();
            case SASL_HANDSHAKE -> new SaslHandshakeResponseData().setMechanisms(List.of("PLAIN"));
            case SASL_AUTHENTICATE -> authentication();
            case METADATA -> metadata();
            case INIT_PRODUCER_ID -> new InitProducerIdResponseData().setProducerId(1);
            case PRODUCE -> acknowledgement();
            default -> throw new IllegalStateException(api.toString());
        };
    }

    private static ApiMessage versions() {
        ApiVersionsResponseData versions = new ApiVersionsResponseData();
        APIS.forEach(api -> versions.apiKeys()
                .add(new ApiVersion()
                        .setApiKey(api.id)
                        .setMinVersion(api.oldestVersion())
                        .setMaxVersion(api.latestVersion())));
        return versions;
    }

    private ApiMessage authentication() {
        SaslAuthenticateResponseData response = new SaslAuthenticateResponseData();
        if (!accepts) {
            rejections.countDown();
            response.setErrorCode(Errors.SASL_AUTHENTICATION_FAILED.code()).setErrorMessage("there is no such user");
        }
        return response;
    }

    private ApiMessage metadata() {
        MetadataResponseData metadata = new MetadataResponseData().setClusterId("stub");
        metadata.brokers()
                .add(new MetadataResponseBroker()
                        .setNodeId(1)
                        .setHost(server.getInetAddress().getHostAddress())
                        .setPort(server.getLocalPort()));
        metadata.topics()
                .add(new MetadataResponseTopic()
                        .setName(topic)
                        .setTopicId(Uuid.ONE_UUID)
                        .setPartitions(List.of(new MetadataResponsePartition()
                                .setLeaderId(1)
                                .setLeaderEpoch(0)
                                .setReplicaNodes(List.of(1))
                                .setIsrNodes(List.of(1)))));
        return metadata;
    }

    private ApiMessage acknowledgement() {
        TopicProduceResponse response =
                new TopicProduceResponse().setName(topic).setTopicId(Uuid.ONE_UUID);
        response.partitionResponses().add(new PartitionProduceResponse().setBaseOffset(5));
        ProduceResponseData acknowledgement = new ProduceResponseData();
        acknowledgement.responses().add(response);
        return acknowledgement;
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
