package io.wadi.landing;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** The Camel component {@code landing:directory}: lands the runs it is sent in HDFS. */
public class LandingComponent extends DefaultComponent {
    private HdfsConnection hdfs;

    /** The connection to the file system that is written to. Who sets it closes it. */
    public void setHdfs(HdfsConnection hdfs) {
        this.hdfs = hdfs;
    }

    /** The file system, for one endpoint. */
    FileStore fileStore(HdfsFileStore.FileOptions options) {
        return new HdfsFileStore(hdfs, options);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        hdfs.start();
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        LandingEndpoint endpoint = new LandingEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
