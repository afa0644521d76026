package io.wadi.landing;

import java.io.IOException;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** The Camel component {@code landing:directory}: lands the runs it is sent in HDFS. */
public class LandingComponent extends DefaultComponent {
    private String hdfsUri;

    /** The file system that is written to, such as {@code hdfs://namenode:8020}. */
    public void setHdfsUri(String hdfsUri) {
        this.hdfsUri = hdfsUri;
    }

    /** The file system, for one endpoint. */
    FileStore fileStore(short replication) throws IOException {
        return new HdfsFileStore(hdfsUri, replication);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        LandingEndpoint endpoint = new LandingEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
