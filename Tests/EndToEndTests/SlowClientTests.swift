import Foundation
import Testing

/// slowhttptest holds hundreds of connections as slowly as it can, and an honest client is served all the same.
@Suite struct SlowClientTests {
    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ["-H", "-i", "1"], ["-B", "-i", "1", "-s", "8192"],
            ["-X", "-w", "10", "-y", "20", "-n", "1", "-z", "10"],
        ])
    func anHonestClientIsServedBesideThem(mode: [String]) throws {
        let server = try Faultserve([])
        let url = "https://127.0.0.1:\(server.port)/firmware.bin"
        let words = ["-c", "300", "-r", "150", "-l", "8", "-p", "3", "-u", url] + mode
        // One attacks, the other asks.
        let reports = try concurrently([true, false], width: 2) { attacks in
            if attacks { return try run("slowhttptest", words, within: 60).output }
            var times: [String] = []
            for _ in 0..<8 {
                times.append(
                    try run(
                        "curl",
                        [
                            "-sSk", "--max-time", "5", "-o", "/dev/null", "-w",
                            "%{http_code} %{size_download}",
                            url,
                        ], within: 20
                    ).output)
                usleep(500_000)
            }
            return times.joined(separator: "\n")
        }
        #expect(reports[1].split(separator: "\n") == [Substring](repeating: "200 602224", count: 8))
        #expect(reports[0].contains("slow HTTP test status"))
    }
}
