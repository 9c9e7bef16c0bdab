import FaultKit
import Faults
import Testing

@Suite struct WebPageTests {
    private func page(_ knobs: KeyValuePairs<String, String>) throws -> String {
        String(decoding: try Edited(WebPage.self, knobs).after, as: UTF8.self)
    }

    @Test func isAPageInPlaceOfTheImage() throws {
        let page = try self.page(["title": "Free Wi-Fi"])
        #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">\n<head>"))
        #expect(page.hasSuffix("</body>\n</html>\n"))
        #expect(page.contains("<title>Free Wi-Fi</title>"))
        #expect(page.utf8.count == 4096)
    }

    @Test(arguments: [1024, 1500, 1 << 20])
    func hasTheLengthThatIsAskedFor(_ size: Int) throws {
        #expect(try Edited(WebPage.self, ["size": "\(size)"]).after.count == size)
    }

    @Test func theTitleCannotBreakThePage() throws {
        let page = try self.page(["title": "<b>Grün & gut</b>", "size": "1024"])
        #expect(page.contains("<h1>&lt;b&gt;Grün &amp; gut&lt;/b&gt;</h1>"))
        #expect(page.utf8.count == 1024)
    }

    @Test func aSizeThatThePageDoesNotFitIsRefused() throws {
        let complaint = try #require(WebPage.complaint(["title": "T", "size": "10"]))
        #expect(complaint.knob == "size")
        // What it asks for is the least that does.
        let words = complaint.description.split(separator: " ")
        let least = try #require(words.compactMap { Int($0) }.first)
        #expect(try Edited(WebPage.self, ["title": "T", "size": "\(least)"]).after.count == least)
        #expect(WebPage.complaint(["title": "T", "size": "\(least - 1)"])?.knob == "size")
        #expect(WebPage.complaint(["size": "1048577"])?.knob == "size")
    }
}
