"""Addresses of the public pages."""

from allauth.account import views as allauth_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from django.contrib.sitemaps import views as sitemap_views
from django.urls import path
from django.views.generic import RedirectView

from .feeds import PublishedFeed
from .sitemaps import SITEMAPS
from .views.accounts import (
    LostPassword,
    NewPassword,
    SecondFactor,
    SignUp,
    claim_cases,
    my_cases,
    of_citizens,
    profile,
    refusing,
    sessions,
)
from .views.attachments import attachment, thumbnail
from .views.captcha import picture, sound
from .views.cases import act, case_page
from .views.communes import communes
from .views.following import follow, follower, look_alikes
from .views.links import own_case
from .views.lodge import lodge
from .views.lost_codes import lost_codes
from .views.own_data import own_data_file, own_data_page
from .views.pages import home, procedure
from .views.phone import manifest, offline, service_worker
from .views.promises import promise_register
from .views.published import published
from .views.receipt import receipt, receipt_qr, verify
from .views.robots import robots
from .views.statement import clock_statement
from .views.texts import banner, banner_image, guidance, news, news_item, questions
from .views.track import track
from .views.uploads import upload_draft

ask_for_code = RedirectView.as_view(pattern_name="account_reset_password")

urlpatterns = [
    path("", home, name="home"),
    path("gui-phan-anh/", lodge, name="lodge"),
    path("gui-phan-anh/tuong-tu/", look_alikes, name="look-alikes"),
    path("xa-phuong/", communes, name="communes"),
    path("bien-nhan/<str:code>/", receipt, name="receipt"),
    path("bien-nhan/<str:code>/qr.svg", receipt_qr, name="receipt-qr"),
    path("xac-nhan/", verify, name="verify"),
    path("tra-cuu/", track, name="track"),
    path("tra-cuu/quen-ma/", lost_codes, name="lost-codes"),
    path("phan-anh/", published, name="register"),
    path("phan-anh/rss/", PublishedFeed(), name="register-feed"),
    path("phan-anh/<str:code>/", case_page, name="case"),
    path("phan-anh/<str:code>/thoi-han/<int:clock>/", clock_statement, name="clock-statement"),
    path("phan-anh/<str:code>/mo/<str:token>/", own_case, name="sender-link"),
    path("phan-anh/<str:code>/cung-gap/", follow, name="follow"),
    path("phan-anh/<str:code>/cung-gap/<str:token>/", follower, name="follower"),
    path("phan-anh/<str:code>/<slug:action>/", act, name="sender_act"),
    path("tai-khoan/", my_cases, name="my-cases"),
    path("tai-khoan/ho-so-cu/", claim_cases, name="claim-cases"),
    path("tai-khoan/thong-tin/", profile, name="profile"),
    path("tai-khoan/dang-ky/", refusing(SignUp.as_view()), name="account_signup"),
    path("tai-khoan/xac-nhan-so/", refusing(allauth_views.verify_phone), name="account_verify_phone"),
    path("tai-khoan/doi-so/", refusing(of_citizens(allauth_views.change_phone)), name="account_change_phone"),
    path("tai-khoan/email/", refusing(of_citizens(allauth_views.email)), name="account_email"),
    path("tai-khoan/email/<str:key>/", allauth_views.confirm_email, name="account_confirm_email"),
    path("tai-khoan/quen-mat-khau/", refusing(LostPassword.as_view()), name="account_reset_password"),
    path(
        "tai-khoan/ma/", RedirectView.as_view(pattern_name="account_reset_password"), name="account_request_login_code"
    ),
    path("tai-khoan/ma/nhap/", refusing(allauth_views.confirm_login_code), name="account_confirm_login_code"),
    path("tai-khoan/mat-khau/", refusing(NewPassword.as_view()), name="account_change_password"),
    path("tai-khoan/phien/", sessions, name="sessions"),
    path("tai-khoan/hai-buoc/", mfa_views.index, name="mfa_index"),
    path("tai-khoan/hai-buoc/bat/", refusing(SecondFactor.as_view()), name="mfa_activate_totp"),
    path("tai-khoan/hai-buoc/tat/", refusing(totp_views.deactivate_totp), name="mfa_deactivate_totp"),
    path("tai-khoan/hai-buoc/nhap/", refusing(mfa_views.authenticate), name="mfa_authenticate"),
    path("tai-khoan/hai-buoc/nhap-lai/", refusing(mfa_views.reauthenticate), name="mfa_reauthenticate"),
    path("tai-khoan/hai-buoc/ma-du-phong/", code_views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "tai-khoan/hai-buoc/ma-du-phong/moi/",
        refusing(code_views.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("tai-khoan/hai-buoc/ma-du-phong/tai/", code_views.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("tai-khoan/xac-nhan-mat-khau/", refusing(allauth_views.reauthenticate), name="account_reauthenticate"),
    path("tai-khoan/da-khoa/", allauth_views.account_inactive, name="account_inactive"),
    path("du-lieu-cua-toi/", own_data_page, name="own-data"),
    path("du-lieu-cua-toi/tai-ve/", own_data_file, name="own-data-file"),
    path("cam-ket/", promise_register, name="promises"),
    path("tep/nhap/", upload_draft, name="upload-draft"),
    path("tep/<uuid:pk>/", attachment, name="attachment"),
    path("tep/<uuid:pk>/nho/", thumbnail, name="thumbnail"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap_views.index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}, name="sitemaps"),
    path("sitemap-<str:section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("huong-dan/", guidance, name="guidance"),
    path("hoi-dap/", questions, name="questions"),
    path("tin-tuc/", news, name="news"),
    path("tin-tuc/<slug:slug>/", news_item, name="news-item"),
    path("gan-lien-ket/", banner, name="banner"),
    path("gan-lien-ket/bieu-ngu.svg", banner_image, name="banner-image"),
    path("pakn.webmanifest", manifest, name="manifest"),
    path("phan-mem.js", service_worker, name="service-worker"),
    path("khong-co-mang/", offline, name="offline"),
    path("quy-trinh/", procedure, name="procedure"),
    path("captcha/image/<slug:key>/", picture, {"scale": 1}, name="captcha-image"),
    path("captcha/image/<slug:key>@2/", picture, {"scale": 2}, name="captcha-image-2x"),
    path("captcha/audio/<slug:key>.wav", sound, name="captcha-audio"),
]
