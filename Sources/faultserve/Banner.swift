import FaultKit
import FaultServer

/// What a user sees when the server listens.
struct Banner {
    let server: Server
    let address: Server.Address
    /// The content, in words.
    let serves: String

    var text: String {
        var rows = [["URL", self.address.url + "firmware.bin"]]
        if let trust = self.server.trust {
            rows.append(["names", trust.names.map(\.description).joined(separator: ", ")])
            rows.append(["CA", "\(trust.anchorPath)  (flash this file)"])
            rows += trust.notes.map { ["note", $0] }
        }
        rows.append(["serves", self.serves])
        rows.append(["holds", "\(self.server.room.grouped) connections at once"])
        let plan = self.server.plan
        rows.append(["profile", "\(plan.name), seed \(plan.seed)"])
        if !plan.story.isEmpty { rows.append(["", plan.story]) }
        rows += plan.rules.map { ["rule \($0.id + 1)", $0.text] }
        return """
            faultserve \(faultserveVersion)

            \(Terminal.table(rows.map { ["  " + $0[0], $0[1]] }))

            In an ESP-IDF example\(self.server.trust == nil
                ? "" : ", copy the CA to server_certs/ca_cert.pem and"):
              CONFIG_EXAMPLE_FIRMWARE_UPGRADE_URL="\(self.address.url)firmware.bin"
            From this machine:
              curl\(self.server.trust.map { " --cacert \($0.anchorPath)" } ?? "") -o f.bin \
            \(self.address.url)firmware.bin

            """
    }
}
