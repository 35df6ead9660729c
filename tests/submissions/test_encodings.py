"""What is noticed about how a text is written, and above all what is not."""

import pytest

from submissions.encodings import TABLES, Remark, Written, decoded, remark

TCVN3 = {
    "Céng hßa x· héi chñ nghÜa ViÖt Nam. §éc lËp - Tù do - H¹nh phóc":
        "Cộng hòa xã hội chủ nghĩa Việt Nam. Độc lập - Tự do - Hạnh phúc",
    "§Ìn ®­êng háng": "Đèn đường hỏng",
    "N­íc ngËp ®­êng NguyÔn ThÞ Minh Khai tõ s¸ng ®Õn chiÒu": "Nước ngập đường Nguyễn Thị Minh Khai từ sáng đến chiều",
    "¦u tiªn söa vØa hÌ; r¸c th¶i bÞ ®æ bõa b·i, mïi rÊt khã chÞu":
        "Ưu tiên sửa vỉa hè; rác thải bị đổ bừa bãi, mùi rất khó chịu",
}  # fmt: skip
VNI = {
    "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam. Ñoäc laäp - Töï do - Haïnh phuùc":
        "Cộng hòa xã hội chủ nghĩa Việt Nam. Độc lập - Tự do - Hạnh phúc",
    "Ñeøn ñöôøng hoûng": "Đèn đường hỏng",
    "Nöôùc ngaäp ñöôøng Nguyeãn Thò Minh Khai töø saùng ñeán chieàu":
        "Nước ngập đường Nguyễn Thị Minh Khai từ sáng đến chiều",
    "COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Öu tieân söûa væa heø; raùc thaûi bò ñoå böøa baõi, muøi raát khoù chòu":
        "Ưu tiên sửa vỉa hè; rác thải bị đổ bừa bãi, mùi rất khó chịu",
    "Kyõ thuaät vieân baûo heát naêng löïc, quaïnh queõ vaéng veû": "Kỹ thuật viên bảo hết năng lực, quạnh quẽ vắng vẻ",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), TCVN3.items())
def test_a_text_of_an_abc_font_is_noticed_and_read(typed, meant):
    assert remark("", typed) == Remark(Written.TCVN3, "", meant)


@pytest.mark.parametrize(("typed", "meant"), VNI.items())
def test_a_text_of_a_vni_font_is_noticed_and_read(typed, meant):
    assert remark("", typed) == Remark(Written.VNI, "", meant)


def test_every_small_letter_of_the_language_is_in_both_tables():
    vowels = {"a": "àáảãạ", "ă": "ằắẳẵặ", "â": "ầấẩẫậ", "e": "èéẻẽẹ", "ê": "ềếểễệ", "o": "òóỏõọ", "ô": "ồốổỗộ",
              "ơ": "ờớởỡợ", "u": "ùúủũụ", "ư": "ừứửữự"}  # fmt: skip
    letters = set("".join(vowels.values())) | set("ăâđêôơư") | set("ỉĩị")
    assert [letters - set(table.values()) for table in TABLES.values()] == [set(), set()]
    assert decoded("×ÝÜØÞúýüûþ", Written.TCVN3) == "ìíĩỉịỳýỹỷỵ"
    assert decoded("ìíæóòyøyùyûyõî", Written.VNI) == "ìíỉĩịỳýỷỹỵ"


def test_title_and_content_are_read_each_for_itself():
    assert remark("Đèn đường hỏng", "Toái quaù, khoâng thaáy ñöôøng.") == Remark(
        Written.VNI, "Đèn đường hỏng", "Tối quá, không thấy đường."
    )
    assert remark("§Ìn ®­êng háng", "Tối quá, không thấy đường.") == Remark(
        Written.TCVN3, "Đèn đường hỏng", "Tối quá, không thấy đường."
    )


@pytest.mark.parametrize(
    ("title", "content"),
    [
        ("Den duong hong", "Den duong truoc so 12 Tran Phu khong sang ba hom nay."),
        ("Đèn đường hỏng", "Den duong truoc so 12 Tran Phu khong sang ba hom nay."),
        ("Den duong hong", "Toi qua khong thay duong"),
        ("", "TOI O PHUONG VINH HAI, NUOC NGAP TU SANG DEN CHIEU"),
    ],
)
def test_vietnamese_without_diacritics_is_noticed(title, content):
    assert remark(title, content) == Remark(Written.UNACCENTED)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Đèn đường trước số 12 Trần Phú không sáng ba hôm nay.",
        "Tôi có nhà có ba má cô chú, nhà tôi có hai cô con gái ở xa quê.",
        "Camera an ninh",
        "Cây cao nghiêng",
        "den duong",
        "Vinh Hai, Nha Trang, Khanh Hoa, Cam Ranh, Cam Lam",
        "Quang Trung, Le Loi, Tran Phu, Hai Ba Trung, Hung Vuong, Thai Nguyen, Ly Tu Trong",
        "The street light in front of number 12 has been broken for three days and nobody came.",
        "I cannot get to the hospital on time because the road is under water.",
        "Le préfet a été élu à la mairie où les élèves de français étaient déjà là.",
        "Müller wohnt in Köln, die Straße ist für Fußgänger gefährlich, überall Löcher.",
        "El niño está en la montaña, señor; mañana vendrá el camión.",
        "PAKN-2603-ABCD-EFGHJ 0912345678 IMG_2031.JPG 12/3 5m² ±3°C §12 «abc» 50µm",
        "Wifi VNPT, Viettel, camera, internet, TV: không vào được từ hôm qua",
        "Đ/c: 12 Lê Lợi; tel. 0258 3822 111; e-mail abc@example.vn",
        "Nước ngập «rất» sâu § 5 § 6 ® © µ",
    ],
)
def test_what_is_well_written_foreign_short_or_a_code_is_not_noticed(text):
    assert remark("", text) is None
    assert remark(text, "") is None


def test_letters_sent_apart_from_their_marks_are_read_like_any_other():
    assert remark("", "Đèn đường trước số 12 không sáng") is None


def test_what_is_kept_with_the_case_says_how_it_is_written_and_how_it_reads():
    assert remark("", "Ñeøn ñöôøng hoûng").stored() == {"written": "vni", "title": "", "content": "Đèn đường hỏng"}
    assert remark("", "Toi qua khong thay duong di").stored() == {"written": "unaccented"}
