import FaultKit
import NIOCore

/// An image fault edits the same image in the same way, and only throws what its hook says.
enum ImageRules {
    static func check(
        _ fault: any ImageFault, _ images: [Image], _ findings: inout Findings
    ) {
        var hasEdited = false
        for image in images {
            do {
                let (first, second) = (try Self.edit(fault, image), try Self.edit(fault, image))
                let whole = try first.bytes(in: 0..<first.count)
                if try whole != second.bytes(in: 0..<second.count) {
                    findings.note(
                        "same edit", "two edits of the same image with the same dice differ")
                }
                if try whole != image.bytes(in: 0..<image.count) { hasEdited = true }
                try Self.checkRanges(first, whole, &findings)
            } catch is ImageError {
                continue
            } catch {
                findings.note("image error", "it throws \(type(of: error)), which is no ImageError")
            }
        }
        if !hasEdited {
            findings.note(
                "edits",
                "it changes none of the images it is tried on; give the check one that it edits")
        }
    }

    private static func edit(_ fault: any ImageFault, _ image: Image) throws -> Image {
        var (edited, dice) = (image, Dice(seed: 1))
        try fault.edit(&edited, using: &dice)
        return edited
    }

    private static func checkRanges(
        _ image: Image, _ whole: [UInt8], _ findings: inout Findings
    ) throws {
        var dice = Dice(seed: 2)
        for _ in 0..<64 {
            let start = dice.roll(0..<image.count + 1)
            let range = start..<dice.roll(start..<image.count + 1)
            if try image.bytes(in: range) != Array(whole[range]) {
                findings.note(
                    "ranges", "a range of the edited image differs from the whole at \(range)")
            }
        }
    }
}

/// A response fault edits the same response in the same way, and to something that can be sent.
enum ResponseRules {
    static func check(_ fault: any ResponseFault, _ findings: inout Findings) {
        var hasEdited = false
        for (request, honest) in Samples.exchanges {
            for seed in UInt64(1)...8 {
                let first = Self.edit(fault, honest, request, seed)
                let second = Self.edit(fault, honest, request, seed)
                Self.checkBody(first, request, &findings)
                Self.checkTexts(first, request, &findings)
                let text = Self.text(first)
                if text != Self.text(second) {
                    findings.note(
                        "same edit", "two answers to \(request.method) with the same dice differ")
                }
                if text != Self.text(honest) { hasEdited = true }
            }
        }
        if !hasEdited { findings.note("edits", "it changes none of the responses it is tried on") }
    }

    private static func edit(
        _ fault: any ResponseFault, _ honest: Response, _ request: Request, _ seed: UInt64
    ) -> Response {
        var (response, dice) = (honest, Dice(seed: seed))
        fault.edit(&response, to: request, using: &dice)
        return response
    }

    private static func checkBody(
        _ response: Response, _ request: Request, _ findings: inout Findings
    ) {
        for case .image(let image, let range) in response.body.parts
        where range.lowerBound < 0 || range.upperBound > image.count {
            findings.note(
                "body",
                "its answer to \(request.method) has bytes \(range) of an image of \(image.count)")
        }
    }

    private static func checkTexts(
        _ response: Response, _ request: Request, _ findings: inout Findings
    ) {
        let fields =
            [response.fields] + response.interim.map(\.fields)
            + (response.chunking.map { [$0.trailers] } ?? [])
        let texts =
            [response.reason, response.statusLine ?? "", response.chunking?.extensions ?? ""]
            + response.interim.map(\.reason)
            + fields.flatMap(\.list).flatMap { [$0.name, $0.value] }
        for text in texts where !text.unicodeScalars.allSatisfy({ $0.value <= 0xFF }) {
            findings.note(
                "texts", "its answer to \(request.method) says '\(text)', which is not ISO-8859-1")
        }
    }

    private static func text(_ response: Response) -> String {
        let parts = response.body.parts.map { part in
            switch part {
            case .bytes(let bytes): "bytes \(Array(bytes.readableBytesView))"
            case .image(let image, let range): "image \(image.name) \(image.edits) \(range)"
            }
        }
        return "\(response.interim) \(response.statusLine ?? "") \(response.hasHead) "
            + "\(response.hasBareLF) \(response.chunking.map { "\($0)" } ?? "")\n"
            + "\(response.version) \(response.status) \(response.reason) \(response.sequel)\n"
            + response.fields.list.map { "\($0.name): \($0.value)\n" }.joined()
            + parts.joined(separator: "\n")
    }
}

/// A handshake fault edits the same handshake in the same way.
enum HandshakeRules {
    static func check(_ fault: any HandshakeFault, _ findings: inout Findings) {
        var hasEdited = false
        for seed in UInt64(1)...8 {
            var (first, second) = (Samples.handshake, Samples.handshake)
            var (dice, again) = (Dice(seed: seed), Dice(seed: seed))
            fault.edit(&first, using: &dice)
            fault.edit(&second, using: &again)
            if first != second {
                findings.note("same edit", "two edits of a handshake with the same dice differ")
            }
            if first != Samples.handshake { hasEdited = true }
        }
        if !hasEdited { findings.note("edits", "it changes nothing in the handshake") }
    }
}
