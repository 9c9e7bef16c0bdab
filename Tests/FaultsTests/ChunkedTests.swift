import FaultKit
import Faults
import Testing

@Suite struct ChunkedTests {
    @Test func framesTheBody() throws {
        let response = EditedResponse.whole(
            try Chunked([
                "size": "10", "extension": ";a", "trailer": "yes", "wrong-at": "3", "last": "no",
            ]))
        #expect(response.fields["Content-Length"] == nil)
        #expect(response.fields["Transfer-Encoding"] == "chunked")
        let chunking = try #require(response.chunking)
        #expect(chunking.size == 10 && chunking.extensions == ";a" && chunking.wrongAt == 3)
        #expect(!chunking.isTerminated && chunking.trailers.list.count == 1)
        #expect(response.sequel == .asAsked)
    }

    @Test func mayEndTheConnection() throws {
        let response = EditedResponse.whole(try Chunked(["ending": "hang"]))
        #expect(response.sequel == .end(.hang) && response.chunking?.isTerminated == true)
    }

    @Test func whatIsNoChunkIsRefused() {
        #expect(Chunked.complaint(["size": "0"])?.knob == "size")
        #expect(Chunked.complaint(["extension": "\u{2603}"])?.knob == "extension")
    }
}
